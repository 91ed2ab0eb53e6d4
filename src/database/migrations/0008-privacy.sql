-- A person's rights and the log of who did what. Owners: src/privacy (consent, privacy_*, retention_report),
-- src/audit (audit_log).

create table consent (
  id uuid primary key default gen_random_uuid(),
  -- null after erasure: what stays is the proof that someone agreed to this text then, without saying who
  conversation_id uuid,
  channel text not null,
  province text,
  purpose text not null,
  text_version text not null,
  -- sha-256 of the very text that was shown
  text_digest text not null,
  language text not null,
  given_at timestamptz not null,
  -- the person's reply word for word; null after erasure
  reply text,
  -- the message or press that was the reply; the same one never counts twice
  cause text unique,
  withdrawn_at timestamptz,
  tombstone uuid
);
create index consent_by_person on consent (conversation_id, purpose);

create table privacy_request (
  id uuid primary key default gen_random_uuid(),
  reference text not null unique,
  kind text not null check (kind in ('view', 'export', 'correct', 'erase', 'withdraw', 'restrict', 'object', 'officer')),
  conversation_id uuid,
  channel text not null,
  province text,
  -- what the person wrote, sealed; null when nothing was written, and after erasure
  detail text,
  state text not null check (state in ('open', 'answered', 'erasing', 'done', 'refused')),
  received_at timestamptz not null,
  -- last calendar day (Việt Nam) of each legal term
  answer_by date not null,
  carry_out_by date not null,
  extended boolean not null default false,
  answered_at timestamptz,
  done_at timestamptz,
  handled_by text,
  -- what the officer wrote back, sealed
  outcome text,
  cause text unique,
  -- for 'erasing': not before this moment, so that the last message can still go out
  erase_after timestamptz,
  attempts integer not null default 0,
  last_error text
);
create index privacy_request_open on privacy_request (answer_by) where state in ('open', 'answered');
create index privacy_request_erasing on privacy_request (erase_after) where state = 'erasing';
create index privacy_request_person on privacy_request (conversation_id);

-- That something was erased, when and how many rows; nothing about whom.
create table tombstone (
  id uuid primary key,
  at timestamptz not null,
  reason text not null,
  removed jsonb not null
);

create table retention_report (
  id bigint generated always as identity primary key,
  run uuid not null,
  at timestamptz not null,
  policy text not null,
  days integer not null,
  older_than timestamptz not null,
  removed integer not null,
  ms integer not null,
  error text
);
create index retention_report_by_time on retention_report (at desc);

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null check (length(actor) between 1 and 200),
  action text not null check (length(action) between 1 and 100),
  subject text check (length(subject) <= 300),
  province text,
  detail jsonb not null default '{}' check (length(detail::text) <= 8000)
);
create index audit_log_by_time on audit_log (at desc, id desc);
create index audit_log_by_actor on audit_log (actor, id desc);
create index audit_log_by_subject on audit_log (subject, id desc);

-- Append-only for everyone, the table's owner included: the only way out is audit_purge, which the trigger
-- recognises in its own call stack: no setting to switch, no role to borrow. (Whoever may create functions or drop
-- triggers here is the database's administrator, and no table is safe from that person.)
create function audit_keep() returns trigger language plpgsql as $$
declare
  stack text;
begin
  get diagnostics stack = pg_context;
  if tg_op = 'DELETE' and stack ~ 'function (\w+\.)?audit_purge\(timestamp with time zone\)' then
    return old;
  end if;
  raise exception 'audit_log is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_rows before update or delete on audit_log for each row execute function audit_keep();
create trigger audit_log_table before truncate on audit_log for each statement execute function audit_keep();

-- Removes what is older than `before`; refuses to reach into the last 90 days whatever it is asked.
create function audit_purge(before timestamptz) returns integer language plpgsql security definer
set search_path from current as $$
declare
  removed integer;
begin
  if before > now() - interval '90 days' then
    raise exception 'the last 90 days of the audit log stay' using errcode = 'invalid_parameter_value';
  end if;
  delete from audit_log where at < before;
  get diagnostics removed = row_count;
  return removed;
end $$;
revoke execute on function audit_purge(timestamptz) from public;

alter table consent enable row level security;
alter table privacy_request enable row level security;
alter table audit_log enable row level security;
create policy officer_province on consent for select to nscl_officer using (officer_sees(province));
create policy officer_province on privacy_request for all to nscl_officer
  using (officer_sees(province)) with check (officer_sees(province));
create policy officer_reads on audit_log for select to nscl_officer using (officer_sees(province));
create policy officer_adds on audit_log for insert to nscl_officer
  with check (province is null or officer_sees(province));
grant select on consent to nscl_officer;
grant select, update on privacy_request to nscl_officer;
grant select, insert on audit_log to nscl_officer;
