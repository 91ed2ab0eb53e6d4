-- What the language model cost and what left the house. Owner: src/llm. No text of anybody is kept here.
create table model_call (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  purpose text not null check (purpose in ('rewrite', 'compose', 'repair', 'embed', 'transcribe')),
  -- Keyed digest of the lane, so that one person's calls can be counted without naming the person.
  person text,
  province text,
  prompt text,
  prompt_hash text,
  model text not null,
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  ms integer not null,
  attempts integer not null default 1,
  -- ok, or why not: off, budget, busy, circuit, timeout, http, network, bad_json, cut_short, redaction
  outcome text not null,
  -- Classes and counts of what was masked ({"phone": 1}), and a digest of what left.
  masked jsonb not null default '{}',
  sent_hash text,
  -- The answer it had a part in (answer_log.id); null for vectors and voice. No foreign key: the call comes first.
  answer_id uuid,
  -- What the check of the answer's sentences said: verified, or refused with the kinds of objection.
  verdict text check (verdict in ('verified', 'refused')),
  objections jsonb not null default '[]'
);
create index model_call_at on model_call (at);
create index model_call_answer on model_call (answer_id) where answer_id is not null;

-- Officers see why an answer was given, in their provinces.
alter table model_call enable row level security;
create policy model_call_officer on model_call for select to nscl_officer using (officer_sees(province));
grant select on model_call to nscl_officer;

create table model_usage (
  day date not null,
  -- '' = everybody together
  person text not null,
  tokens bigint not null default 0,
  primary key (day, person)
);
