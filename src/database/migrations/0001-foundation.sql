-- What every later table stands on: the extension and the role that row-level security binds.
create extension if not exists vector;

-- Officers' queries run under this role (database/open.ts, asOfficer). Roles belong to the whole server,
-- so another installation on it may have made the role already.
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'nscl_officer') then
    create role nscl_officer nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  execute format('grant nscl_officer to %I', current_user);
end $$;
do $$
begin
  execute format('grant usage on schema %I to nscl_officer', current_schema());
end $$;

-- True when the officer of this transaction may see rows of `province`. Rows without a province (the person has
-- not said) are for those who see all provinces.
create function officer_sees(province text) returns boolean language sql stable as $$
  select current_setting('nscl.provinces', true) = '*'
      or province = any(string_to_array(coalesce(current_setting('nscl.provinces', true), ''), ','))
$$;
