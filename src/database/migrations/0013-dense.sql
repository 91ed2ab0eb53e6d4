-- Dense vectors of the units, per model and dimension. Owner: src/knowledge.
-- A model serves only when every live unit has its vector; until then the model before goes on serving.
create table knowledge_embedding (
  -- model@dimension
  key text primary key,
  model text not null,
  dimension integer not null,
  serving boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index knowledge_embedding_serving on knowledge_embedding (serving) where serving;

create table knowledge_vector (
  unit_id bigint not null references knowledge_unit (id) on delete cascade,
  embedding_key text not null references knowledge_embedding (key) on delete cascade,
  province text not null,
  -- Of the embedded text: an unchanged passage of a new version takes over the vector of the old one.
  hash text not null,
  embedding halfvec not null,
  primary key (embedding_key, unit_id)
);
create index knowledge_vector_hash on knowledge_vector (embedding_key, hash);
