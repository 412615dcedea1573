-- Event types: what became of rows that could not be applied, and events that are not what their type declares.

-- Parked rows a person threw away: that they were there, never what they said.
create table intake_discarded (
  id bigint primary key,
  kind text not null,
  -- Type of the event or number of the order.
  about text,
  -- form, value, clash, internal (src-shared/event/intake-problem.ts).
  reason text not null,
  received_at timestamptz not null,
  parked_at timestamptz not null,
  discarded_at timestamptz not null,
  discarded_by text not null
);
create index intake_discarded_at on intake_discarded (discarded_at);

-- How often events were not what their type declares, by what was wrong. Counted, not kept: nothing of a person is here.
create table event_mismatch (
  type text collate "C" not null,
  parameter text collate "C" not null,
  -- missing, or the kind of value that was given instead.
  given text not null,
  -- Refused with 400; else the event was stored as it came.
  refused boolean not null,
  count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (type, parameter, given, refused)
);
