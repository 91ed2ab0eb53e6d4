-- One row: proof that this process holds the key the data were sealed with. Owner: src/app.
create table installation (
  one boolean primary key default true check (one),
  key_check text not null,
  created_at timestamptz not null default now()
);
