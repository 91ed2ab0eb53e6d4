-- Training classes: seats, waiting list, offers, attendance. Owner: src/programme.
--
-- Overbooking is impossible by construction, not by a check before writing:
--   1. a class has exactly as many rows in class_seat as it has seats, numbered 1..n;
--   2. a seat row names at most one enrolment, so a seat cannot be given twice;
--   3. a deferred trigger refuses any commit in which an enrolment that is seated or offered does not hold exactly
--      the seats it asked for, or any other enrolment still holds one (groups take n seats or none).
-- Every decision is made while the class row is locked, so the order of arrival is one order for all processes:
-- class.arrivals is raised under that lock and the number is the person's place for good.

create table class (
  id uuid primary key default gen_random_uuid(),
  province text not null,
  title text not null check (length(title) between 3 and 300),
  support text not null,
  audience text not null default '' check (length(audience) <= 1000),
  place text not null default '' check (length(place) <= 500),
  link text check (link ~ '^https://' and length(link) <= 500),
  seats integer not null check (seats between 1 and 2000),
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  -- hours a person has to take a freed seat before it goes to the next
  offer_hours integer not null default 48 check (offer_hours between 1 and 240),
  state text not null default 'draft' check (state in ('draft', 'open', 'closed', 'cancelled', 'held')),
  state_reason text,
  arrivals integer not null default 0,
  version integer not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  check (opens_at < closes_at)
);
create index class_by_province on class (province, state, closes_at);

create table class_session (
  id uuid primary key default gen_random_uuid(),
  class_id uuid not null references class on delete cascade,
  province text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  check (starts_at < ends_at)
);
create index class_session_by_class on class_session (class_id, starts_at);

create table class_enrolment (
  id uuid primary key default gen_random_uuid(),
  class_id uuid not null references class,
  province text not null,
  -- null after erasure, together with every column that says who it was
  registration_id uuid,
  conversation_id uuid,
  address jsonb,
  name text,
  language text not null default 'vi',
  seats integer not null check (seats between 1 and 100),
  arrival integer not null,
  state text not null
    check (state in ('waiting', 'offered', 'seated', 'declined', 'expired', 'cancelled')),
  arrived_at timestamptz not null,
  offered_until timestamptz,
  offers integer not null default 0,
  seated_at timestamptz,
  ended_at timestamptz,
  tombstone uuid,
  unique (class_id, arrival),
  check ((state = 'offered') = (offered_until is not null))
);
-- one live enrolment per registration and class: a repeated message finds the first
create unique index class_enrolment_once on class_enrolment (class_id, registration_id)
  where state in ('waiting', 'offered', 'seated');
create index class_enrolment_line on class_enrolment (class_id, arrival) where state = 'waiting';
create index class_enrolment_due on class_enrolment (offered_until) where state = 'offered';
create index class_enrolment_person on class_enrolment (conversation_id);

create table class_seat (
  class_id uuid not null references class,
  number integer not null check (number >= 1),
  province text not null,
  enrolment_id uuid references class_enrolment,
  -- what the QR shows; made anew for every holder, so a code of an earlier holder opens nothing
  code text unique,
  attendee text,
  primary key (class_id, number),
  check (enrolment_id is not null or (code is null and attendee is null))
);
create index class_seat_by_enrolment on class_seat (enrolment_id);
create index class_seat_free on class_seat (class_id, number) where enrolment_id is null;

create table class_attendance (
  session_id uuid not null references class_session on delete cascade,
  class_id uuid not null,
  seat_number integer not null,
  enrolment_id uuid not null references class_enrolment,
  province text not null,
  at timestamptz not null,
  officer text not null,
  primary key (session_id, seat_number),
  foreign key (class_id, seat_number) references class_seat
);
create index class_attendance_by_class on class_attendance (class_id);

create table class_reminder (
  enrolment_id uuid not null references class_enrolment on delete cascade,
  session_id uuid not null references class_session on delete cascade,
  days integer not null check (days in (1, 3)),
  at timestamptz not null,
  primary key (enrolment_id, session_id, days)
);

-- Runs at commit, as the owner, so that it sees all rows whoever wrote them.
create function class_seats_agree() returns trigger language plpgsql security definer set search_path from current as $$
declare
  wrong uuid;
begin
  select e.id into wrong
  from class_enrolment e
  left join lateral (select count(*)::int as held from class_seat s where s.enrolment_id = e.id) s on true
  where e.id in (
      case when tg_table_name = 'class_enrolment' then (to_jsonb(new) ->> 'id')::uuid
           else (to_jsonb(new) ->> 'enrolment_id')::uuid end,
      case when tg_table_name = 'class_seat' and tg_op = 'UPDATE' then (to_jsonb(old) ->> 'enrolment_id')::uuid end)
    and s.held <> case when e.state in ('offered', 'seated') then e.seats else 0 end
  limit 1;
  if wrong is not null then
    raise exception 'enrolment % does not hold exactly its seats', wrong using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger class_enrolment_seats after insert or update on class_enrolment
  deferrable initially deferred for each row execute function class_seats_agree();
create constraint trigger class_seat_enrolment after insert or update on class_seat
  deferrable initially deferred for each row execute function class_seats_agree();

-- The number of seat rows is the number of seats, also when an officer changes it.
create function class_seat_count_agrees() returns trigger language plpgsql security definer set search_path from current as $$
declare
  class uuid := case when tg_table_name = 'class' then (to_jsonb(new) ->> 'id')::uuid
                     else (coalesce(to_jsonb(new), to_jsonb(old)) ->> 'class_id')::uuid end;
begin
  if exists (
    select 1 from class c where c.id = class
      and c.seats <> (select count(*) from class_seat s where s.class_id = c.id)
  ) then
    raise exception 'class % has another number of seat rows than seats', class using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger class_has_its_seats after insert or update of seats on class
  deferrable initially deferred for each row execute function class_seat_count_agrees();
create constraint trigger class_seat_is_counted after insert or delete on class_seat
  deferrable initially deferred for each row execute function class_seat_count_agrees();

do $$
declare
  name text;
begin
  foreach name in array array['class', 'class_session', 'class_enrolment', 'class_seat', 'class_attendance'] loop
    execute format('alter table %I enable row level security', name);
    execute format(
      'create policy officer_province on %I for all to nscl_officer using (officer_sees(province)) with check (officer_sees(province))',
      name);
  end loop;
end $$;
grant select, insert, update on class, class_session, class_enrolment, class_seat, class_attendance to nscl_officer;
grant delete on class_session, class_seat, class_attendance to nscl_officer;
