-- What was answered and how it was rated; what could not be answered, for officers to fill in.
create table answer_log (
  id uuid primary key,
  -- null after the person had their data erased
  conversation_id text,
  province text,
  outcome text not null,
  intent text not null,
  language text not null,
  citations jsonb not null default '[]',
  rating smallint check (rating in (-1, 1)),
  rated_at timestamptz,
  answered_at timestamptz not null default now()
);
create index answer_log_conversation on answer_log (conversation_id);
create index answer_log_answered on answer_log (answered_at);

create table unanswered_question (
  answer_id uuid primary key,
  conversation_id text not null,
  province text,
  reason text not null,
  question text not null,
  asked_at timestamptz not null default now(),
  closed_at timestamptz,
  closed_by text
);
create index unanswered_question_open on unanswered_question (asked_at desc) where closed_at is null;
create index unanswered_question_conversation on unanswered_question (conversation_id);

alter table answer_log enable row level security;
create policy answer_log_officer on answer_log for select to nscl_officer using (officer_sees(province));
grant select on answer_log to nscl_officer;

alter table unanswered_question enable row level security;
create policy unanswered_question_officer on unanswered_question to nscl_officer
  using (officer_sees(province)) with check (officer_sees(province));
grant select, update (closed_at, closed_by) on unanswered_question to nscl_officer;
