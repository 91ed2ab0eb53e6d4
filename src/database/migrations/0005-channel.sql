-- Channel accounts: each Official Account, bot or web page is a row tied to one province or more.
create table channel_account (
  id text primary key,
  kind text not null check (kind in ('web', 'telegram', 'zalo')),
  -- The platform's own id of the account: OA id, bot id, slug of the page.
  external_id text not null,
  name text not null,
  -- Empty: the person is asked for the province. One: the province follows from the account.
  provinces text[] not null default '{}',
  settings jsonb not null default '{}',
  -- JSON sealed by the vault.
  secrets text not null,
  state text not null default 'on' check (state in ('on', 'off')),
  state_reason text,
  last_event_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (kind, external_id)
);

-- What an operator must see about an account. One row per account and cause; `cleared_at` when it is over.
create table channel_alarm (
  account_id text not null references channel_account (id) on delete cascade,
  code text not null,
  detail jsonb not null default '{}',
  count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  cleared_at timestamptz,
  primary key (account_id, code)
);

-- The grant of one OA. Tokens are sealed. `refreshing` is a lease: only `owner` may store the answer, and a lease that
-- ran out means that the answer was lost and the single-use refresh token with it.
create table zalo_grant (
  account_id text primary key references channel_account (id) on delete cascade,
  state text not null check (state in ('ready', 'refreshing', 'lost')),
  access text,
  refresh text not null,
  -- The pair before this one, for diagnosis only.
  previous text,
  generation integer not null,
  refreshed_at timestamptz not null,
  expires_at timestamptz not null,
  owner text,
  lease_until timestamptz,
  not_before timestamptz,
  failures integer not null default 0,
  last_error text
);

-- Keyed digests of refresh tokens that were handed to Zalo: the primary key makes a replay impossible.
create table zalo_refresh_used (
  token_index text primary key,
  account_id text not null references channel_account (id) on delete cascade,
  used_at timestamptz not null
);

-- A consent under way: digest of `state`, sealed PKCE verifier.
create table zalo_consent (
  state_index text primary key,
  account_id text not null references channel_account (id) on delete cascade,
  verifier text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- When a person last acted, so that the 48-hour and 7-day windows are known before sending. No grant to officers.
create table zalo_person (
  account_id text not null references channel_account (id) on delete cascade,
  person text not null,
  last_interaction_at timestamptz,
  left_at timestamptz,
  primary key (account_id, person)
);
