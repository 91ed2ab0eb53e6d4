-- Bodies named in a plan that are called otherwise today, as the department has it; overrides the table that comes
-- with the knowledge (knowledge/understanding/bodies.yaml). Owner: src/staff.
create table organisation_note (
  province text not null,
  -- key in bodies.yaml
  body text not null,
  -- Added to an answer that names the body; '' = say nothing.
  note text not null check (length(note) <= 300),
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (province, body)
);
alter table organisation_note enable row level security;
create policy officer on organisation_note to nscl_officer using (officer_sees(province)) with check (officer_sees(province));
grant select, insert, update, delete on organisation_note to nscl_officer;
