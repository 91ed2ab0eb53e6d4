-- Registrations, what happened to them, the self-assessment, drafts, and one person on two channels.
-- Owner: src/registration.

create table registration (
  id uuid primary key default gen_random_uuid(),
  -- 8 characters without look-alikes, what people and officers quote
  reference text not null unique,
  -- names one filling of the form: a turn that runs twice stores it once
  form_key text unique,
  kind text not null check (kind in ('interest', 'training')),
  support text not null,
  class_id uuid,
  province text not null,
  state text not null check (state in
    ('new', 'reviewing', 'needs_more', 'approved', 'waitlisted', 'declined', 'completed', 'cancelled')),
  -- grows with every change; a change names the version it saw
  version integer not null default 1,
  language text not null default 'vi',
  enterprise_name text not null default '',
  enterprise_type text not null default 'other',
  -- spelling-free key under which two spellings of one enterprise meet; null when nothing is left of the name
  enterprise_key text,
  contact_name text not null default '',
  -- sealed by the vault; index = keyed digest for equality; mask = what lists show
  phone_sealed text,
  phone_index text,
  phone_mask text not null default '',
  tax_sealed text,
  tax_index text,
  tax_mask text,
  commune_code text,
  commune_label text not null default '',
  trainees integer,
  -- the remaining answers by field key: {"need": {"value", "label"}}
  details jsonb not null default '{}',
  -- what the officer asked to be added
  requested jsonb not null default '[]',
  -- words to find it by, folded; names and places, no number
  search tsvector not null default '',
  conversation_id uuid,
  address jsonb,
  -- another person registered the same enterprise for the same support first
  linked_to uuid references registration,
  officer_id text,
  officer_name text,
  claimed_at timestamptz,
  submitted_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  tombstone uuid,
  erased_at timestamptz
);
create index registration_newest on registration (submitted_at desc, id desc);
create index registration_by_province on registration (province, submitted_at desc, id desc);
create index registration_by_state on registration (state, submitted_at desc, id desc);
create index registration_by_officer on registration (officer_id, submitted_at desc, id desc) where officer_id is not null;
create index registration_waiting on registration (submitted_at, id) where state = 'new' and officer_id is null;
create index registration_by_person on registration (conversation_id, submitted_at desc);
create index registration_by_phone on registration (phone_index) where phone_index is not null;
create index registration_by_tax on registration (tax_index) where tax_index is not null;
create index registration_by_class on registration (class_id) where class_id is not null;
create index registration_by_support on registration (support, state, submitted_at desc, id desc);
-- without the pending list: it is read from end to end by every search until the next vacuum
create index registration_search on registration using gin (search) with (fastupdate = off);
create index registration_closed on registration (closed_at) where closed_at is not null;
-- the same enterprise, the same support, still open
create index registration_same on registration (province, support, enterprise_key)
  where state in ('new', 'reviewing', 'needs_more', 'approved', 'waitlisted');
-- others of the same enterprise, whatever they asked for
create index registration_by_enterprise on registration (province, enterprise_key) where enterprise_key is not null;
-- for the counts at the top of the queue
create index registration_counts on registration (province, state, kind, support) where erased_at is null;

create table registration_event (
  id uuid primary key default gen_random_uuid(),
  registration_id uuid not null references registration on delete cascade,
  province text not null,
  -- 1, 2, 3 … within the registration
  seq integer not null,
  kind text not null check (kind in
    ('submitted', 'state', 'corrected', 'completed', 'claimed', 'released', 'handed_over', 'note', 'linked', 'survey', 'erased')),
  from_state text,
  to_state text,
  actor_kind text not null check (actor_kind in ('applicant', 'officer', 'system')),
  actor_id text,
  actor_name text,
  at timestamptz not null,
  reason text,
  -- what the person was told, as sent
  message text,
  -- fields that changed, by name only; values stand in the registration
  fields jsonb not null default '[]',
  note text,
  unique (registration_id, seq)
);

create table registration_survey (
  id uuid primary key default gen_random_uuid(),
  form_key text unique,
  registration_id uuid references registration on delete set null,
  conversation_id uuid,
  province text,
  answers jsonb not null default '{}',
  -- Decree 80/2021 Art. 5 by the person's own statements; a declared fact, no score
  size_class text,
  consent_version text,
  created_at timestamptz not null,
  erased_at timestamptz
);
create index registration_survey_person on registration_survey (conversation_id);
create index registration_survey_registration on registration_survey (registration_id);

-- One person on two conversations, joined by a code shown in one and typed in the other.
create table person_link_code (
  code_index text primary key,
  conversation_id uuid not null,
  expires_at timestamptz not null
);
create index person_link_code_owner on person_link_code (conversation_id);
create table person_link (
  conversation_id uuid primary key,
  person_id uuid not null,
  linked_at timestamptz not null
);
create index person_link_person on person_link (person_id);
create table person_link_attempt (
  conversation_id uuid not null,
  at timestamptz not null
);
create index person_link_attempt_recent on person_link_attempt (conversation_id, at);

alter table registration enable row level security;
alter table registration_event enable row level security;
alter table registration_survey enable row level security;
alter table person_link_code enable row level security;
alter table person_link enable row level security;
alter table person_link_attempt enable row level security;
-- The same condition as officer_sees(province), with the setting read once per query instead of once per row
-- (tests/bench/queue.ts measures every door of the queue at 100,000 rows).
create function officer_provinces() returns text[] language sql stable as $$
  select string_to_array(coalesce(current_setting('nscl.provinces', true), ''), ',')
$$;
create policy officers on registration to nscl_officer
  using ((select officer_provinces()) @> array['*'] or province = any ((select officer_provinces())::text[]))
  with check (officer_sees(province));
create policy officers on registration_event to nscl_officer using (officer_sees(province)) with check (officer_sees(province));
create policy officer_reads on registration_survey for select to nscl_officer using (officer_sees(province));
grant select, update on registration to nscl_officer;
grant select, insert on registration_event to nscl_officer;
grant select on registration_survey to nscl_officer;

-- Full-text operators are not leakproof, so under row-level security the planner may not use the index for them and
-- reads every row. This function runs as the owner, uses the index and applies the officer's own condition itself:
-- a name among 100,000 is found in about 1 ms (tests/bench/queue.ts).
create function registration_found(query tsquery, most integer) returns setof uuid
  language sql stable security definer set search_path from current as $$
  select id from registration
   where search @@ query and erased_at is null
     and ((select officer_provinces()) @> array['*'] or province = any ((select officer_provinces())::text[]))
   order by submitted_at desc, id desc limit most
$$;
revoke all on function registration_found from public;
grant execute on function registration_found to nscl_officer;
