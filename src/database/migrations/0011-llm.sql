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
  sent_hash text
);
create index model_call_at on model_call (at);

create table model_usage (
  day date not null,
  -- '' = everybody together
  person text not null,
  tokens bigint not null default 0,
  primary key (day, person)
);
