-- The console: officers' accounts (shape wanted by better-auth, names ours), their sessions, and the console's own
-- small tables. nscl_officer gets nothing on accounts and sessions: no page reads them through that role.
create table staff_user (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default true,
  image text,
  two_factor_enabled boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Ours, unknown to the library:
  role text not null default 'viewer' check (role in ('administrator', 'reviewer', 'viewer')),
  -- Codes of provinces; '{*}' = all of them.
  provinces text[] not null default '{}' check (cardinality(provinces) > 0),
  must_change_password boolean not null default true,
  -- The last code of the second factor that was used: each serves once (RFC 6238, 5.2).
  last_code text,
  failed_attempts integer not null default 0,
  locked_until timestamptz,
  last_seen_at timestamptz not null default now(),
  disabled_at timestamptz,
  disabled_reason text check (disabled_reason in ('unused', 'by_administrator'))
);

create table staff_session (
  id text primary key,
  token text not null unique,
  user_id text not null references staff_user (id) on delete cascade,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index staff_session_user on staff_session (user_id);

-- One row per account and way of proving it; here always the password (provider 'credential', scrypt).
create table staff_credential (
  id text primary key,
  account_id text not null,
  provider_id text not null,
  user_id text not null references staff_user (id) on delete cascade,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index staff_credential_user on staff_credential (user_id);

create table staff_verification (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index staff_verification_identifier on staff_verification (identifier);

create table staff_two_factor (
  id text primary key,
  secret text not null,
  backup_codes text not null,
  user_id text not null references staff_user (id) on delete cascade,
  verified boolean not null default false,
  failed_verification_count integer not null default 0,
  locked_until timestamptz
);
create unique index staff_two_factor_user on staff_two_factor (user_id);

-- An officer's own filters of the queue, kept as the query string they are.
create table saved_view (
  id uuid primary key default gen_random_uuid(),
  user_id text not null references staff_user (id) on delete cascade,
  name text not null check (length(name) between 1 and 60),
  query text not null check (length(query) <= 1000),
  created_at timestamptz not null default now(),
  unique (user_id, name)
);

create table canned_reply (
  id uuid primary key default gen_random_uuid(),
  province text not null,
  title text not null check (length(title) between 1 and 80),
  body text not null check (length(body) between 1 and 1800),
  changed_by text not null,
  changed_at timestamptz not null default now()
);
create index canned_reply_province on canned_reply (province, title);

-- What is switched off, where ('*' = the whole installation) and why. A row stays when the thing is on again; the audit keeps the history.
create table switch (
  name text not null check (name in ('model', 'signup', 'channel:web', 'channel:telegram', 'channel:zalo')),
  province text not null,
  off boolean not null,
  reason text not null check (length(reason) between 1 and 500),
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (name, province)
);

-- How people reach the department itself; shown by the assistant and under every hand-over.
create table contact_card (
  province text primary key,
  department text not null,
  address text not null default '',
  phone text not null default '',
  email text not null default '',
  -- ISO weekdays (1 = Monday) and minutes after midnight, Vietnam's clock; empty days = no hours given.
  open_days integer[] not null default '{1,2,3,4,5}',
  open_minute integer not null default 450 check (open_minute between 0 and 1439),
  close_minute integer not null default 1020 check (close_minute between 1 and 1440),
  -- Said besides the hours when a person asks for an officer outside them.
  out_of_hours text not null default '',
  changed_by text not null,
  changed_at timestamptz not null default now(),
  check (open_minute < close_minute)
);

alter table canned_reply enable row level security;
alter table switch enable row level security;
alter table contact_card enable row level security;
create policy officer on canned_reply to nscl_officer using (officer_sees(province));
create policy officer on switch to nscl_officer using (officer_sees(province));
create policy officer on contact_card to nscl_officer using (officer_sees(province));
grant select, insert, update, delete on canned_reply, switch, contact_card to nscl_officer;
