-- What can be found and cited: documents in versions, the units cut from them, and the index over the units.

-- One row: what every process must agree on. `version` grows with each change that is served, so a process knows
-- when its language model and catalogue are out of date. The averages are those the stored term weights were
-- made with; they are frozen so that a new passage does not rewrite every old one.
create table knowledge_state (
  single boolean primary key default true check (single),
  version bigint not null default 0,
  analysis text not null default '',
  average_syllables real not null default 40,
  average_pairs real not null default 39
);
insert into knowledge_state default values;

-- A file that belongs to no single document: support types, abbreviations, the language sample.
create table knowledge_file (
  name text primary key,
  hash text not null,
  data jsonb not null,
  updated_at timestamptz not null default now()
);

create table knowledge_document (
  id text primary key,
  province text not null,
  kind text not null check (kind in ('plan', 'notice', 'note')),
  created_at timestamptz not null default now()
);

-- Never rewritten after publication: an answer given last year must still be traceable to the words it cited.
create table knowledge_version (
  document_id text not null references knowledge_document (id) on delete cascade,
  version integer not null,
  state text not null check (state in ('draft', 'published', 'retired')),
  origin text not null check (origin in ('file', 'staff')),
  hash text not null,
  title text not null,
  source text not null,
  front jsonb not null,
  records jsonb not null,
  valid_from date,
  valid_to date,
  superseded_by text,
  created_at timestamptz not null default now(),
  created_by text,
  published_at timestamptz,
  published_by text,
  primary key (document_id, version)
);
create unique index knowledge_version_published on knowledge_version (document_id) where state = 'published';

-- `search_text` is what the unit is found by (heading, synonyms, text) and is never shown; `text` and `quote` are.
-- `live` is true while the unit's version is published. `terms` holds, per term, the saturated and
-- length-normalised term frequency of BM25, so `terms <#> question` with idf weights is exactly minus BM25.
create table knowledge_unit (
  id bigint generated always as identity primary key,
  kind text not null check
    (kind in ('passage', 'support_type', 'target', 'duty', 'baseline', 'rule', 'document_fact', 'note')),
  province text not null,
  document_id text not null,
  version integer not null,
  key text not null,
  position integer not null,
  section text[] not null,
  cite text not null,
  quote text not null,
  text text not null,
  search_text text not null,
  support text[] not null,
  payload jsonb not null,
  valid_from date,
  valid_to date,
  live boolean not null,
  terms sparsevec not null,
  unique (document_id, version, key),
  foreign key (document_id, version) references knowledge_version (document_id, version) on delete cascade
);
-- The weights stay in the row while it fits a page: fetching them from the side table made ordering 400
-- candidates three times as slow.
alter table knowledge_unit alter column terms set storage main;
alter table knowledge_unit set (toast_tuple_target = 8160);
create index knowledge_unit_live on knowledge_unit (province) where live;

-- The inverted index of the live units, per province. A row holds one term in one chunk of 32,768 unit ids:
-- `passages` entries of two bytes (id within the chunk) and one byte (rounded weight).
-- Term 0 stands in no text: its `passages` is how many live units the chunk holds.
create table knowledge_posting (
  province text not null,
  term integer not null,
  chunk integer not null,
  passages integer not null,
  entries bytea not null,
  primary key (province, term, chunk)
);
alter table knowledge_posting alter column entries set storage external;

-- Syllables and adjacent pairs with how often they occur: in the live units, and in general Vietnamese.
-- From these the question repair learns which syllables are neighbours.
create table knowledge_lexicon (
  term text primary key,
  indexed integer not null default 0,
  general integer not null default 0
);

grant select on knowledge_document, knowledge_version, knowledge_unit to nscl_officer;
alter table knowledge_document enable row level security;
alter table knowledge_version enable row level security;
alter table knowledge_unit enable row level security;
create policy officer_reads on knowledge_document for select to nscl_officer using (officer_sees(province));
create policy officer_reads on knowledge_unit for select to nscl_officer using (officer_sees(province));
create policy officer_reads on knowledge_version for select to nscl_officer
  using (exists (select 1 from knowledge_document d where d.id = document_id and officer_sees(d.province)));
