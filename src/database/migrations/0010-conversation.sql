-- One row per person and channel account. Owner: src/conversation.
create table conversation (
  id uuid primary key default gen_random_uuid(),
  channel text not null,
  account text not null,
  person text not null,
  lane text not null unique,
  province text,
  language text not null default 'vi' check (language in ('vi', 'en')),
  -- ConversationState (conversation/states.ts): the open form, what the last answer was about, what is awaited.
  state jsonb not null default '{}',
  version integer not null default 0,
  introduced_at timestamptz,
  -- An officer has taken over: the assistant is silent until this moment.
  officer text,
  officer_until timestamptz,
  -- The person asked for an officer and waits since.
  waiting_since timestamptz,
  waiting_reason text,
  reachable boolean not null default true,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
create index conversation_waiting on conversation (waiting_since) where waiting_since is not null;
create index conversation_recent on conversation (last_seen_at desc, id);
alter table conversation enable row level security;
create policy officers on conversation to nscl_officer using (officer_sees(province)) with check (officer_sees(province));
grant select, update on conversation to nscl_officer;
