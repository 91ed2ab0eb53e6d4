-- What came in, what must go out, and whom to call. A row is the truth; a job of the queue only says "look at this
-- lane". `province` is filled in by the turn (door: assignProvince), so that officers read what is theirs.

create table inbound (
  id uuid primary key,
  seq bigint generated always as identity,
  lane text collate "C" not null,
  channel text collate "C" not null,
  account text collate "C" not null,
  person text collate "C" not null,
  event_id text collate "C" not null,
  content jsonb,
  content_hash bigint,
  -- The platform stamps to the millisecond: the same content at the same time is the same message (inbox/repeat.ts).
  exact boolean not null,
  language text,
  sent_at timestamptz not null,
  received_at timestamptz not null,
  -- waiting: will be answered. held: kept while the queue is too long, answered when it is short again.
  -- limited: kept, not answered (too many from one person or address). repeat: the same message under a new id.
  -- erased: the person asked for it; only the event's id is left, so that a re-delivery is still recognised.
  state text not null check (state in ('waiting', 'held', 'done', 'set_aside', 'limited', 'repeat', 'erased')),
  attempts integer not null default 0,
  not_before timestamptz,
  last_error text,
  -- The platform waited long for our answer, so it may deliver the same message again under a new id.
  slow boolean not null default false,
  done_at timestamptz,
  province text,
  unique (channel, account, event_id)
);
create index inbound_pending on inbound (lane, sent_at, seq) where state in ('waiting', 'held');
create index inbound_lane on inbound (lane, received_at);
create index inbound_exact on inbound (lane, content_hash, sent_at) where exact;
create index inbound_slow on inbound (lane, content_hash) where slow;
create index inbound_held on inbound (seq) where state = 'held';
create index inbound_set_aside on inbound (seq) where state = 'set_aside';

create table outbound (
  id uuid primary key,
  seq bigint generated always as identity,
  lane text collate "C" not null,
  channel text collate "C" not null,
  account text collate "C" not null,
  person text collate "C" not null,
  -- Why it was said; a repeated turn says nothing twice.
  cause text collate "C" not null,
  author text not null check (author in ('assistant', 'officer', 'system')),
  message jsonb not null,
  file bytea,
  registration_id text,
  -- sending: handed to the platform and no verdict yet; found so after a crash, the message may have arrived.
  state text not null default 'queued' check
    (state in ('queued', 'sending', 'sent', 'suppressed', 'unreachable', 'failed')),
  attempts integer not null default 0,
  -- Times it was sent again although an earlier try may have arrived.
  repeats integer not null default 0,
  maybe_sent boolean not null default false,
  parts_sent integer not null default 0,
  platform_ids text[] not null default '{}',
  not_before timestamptz,
  last_error text,
  forget boolean not null default false,
  province text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (lane, cause)
);
create index outbound_pending on outbound (lane, seq) where state in ('queued', 'sending');
create index outbound_lane on outbound (lane, seq);
create index outbound_given_up on outbound (seq) where state = 'failed';

create table call_task (
  id uuid primary key,
  lane text collate "C" not null,
  province text,
  reason text not null,
  -- What to tell the person; the newest message that did not arrive.
  text text not null,
  messages integer not null default 1,
  registration_id text,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_by text
);
create unique index call_task_open on call_task (lane, coalesce(registration_id, '')) where closed_at is null;

alter table inbound enable row level security;
alter table outbound enable row level security;
alter table call_task enable row level security;
create policy officer_reads on inbound for select to nscl_officer using (officer_sees(province));
create policy officer_reads on outbound for select to nscl_officer using (officer_sees(province));
create policy officer_says on outbound for insert to nscl_officer with check (officer_sees(province));
create policy officer_reads on call_task for select to nscl_officer using (officer_sees(province));
create policy officer_closes on call_task for update to nscl_officer
  using (officer_sees(province)) with check (officer_sees(province));
create policy officer_opens on call_task for insert to nscl_officer with check (officer_sees(province));
grant select on inbound to nscl_officer;
grant select, insert on outbound to nscl_officer;
grant select, insert, update on call_task to nscl_officer;
