-- Sync in full: roles, devices, erasures, and how long what was deleted is remembered.

-- Whoever had an account before there were roles was the administrator.
create table member (
  user_id text primary key references "user" ("id") on delete cascade,
  role text not null,
  since timestamptz not null default now(),
  -- Kept after they are gone: what they changed carries their name.
  removed_at timestamptz
);
insert into member (user_id, role) select "id", 'admin' from "user";

-- One row per app or browser profile that ever held data. The id is random and made by the device itself.
create table device (
  id text primary key,
  user_id text not null references "user" ("id") on delete cascade,
  -- The session it last used; gone with the session.
  session_id text references "session" ("id") on delete set null,
  name text not null,
  protocol integer not null,
  -- What it says it holds: {contacts, personal, events, bytes, ...}.
  holds jsonb not null default '{}',
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- Signed out from afar: the device deletes its data when it next asks.
  signed_out_at timestamptz,
  signed_out_by text,
  -- It said that its data is gone.
  wiped_at timestamptz
);
create index device_user on device (user_id);

-- Documents at or below this revision may be missing from a pull although they were deleted: tombstones are not kept for ever.
alter table feed_counter add column pruned_to bigint not null default 0;
-- Every chunk and every change that is served is clean of contacts erased up to this version.
alter table feed_counter add column erased_to bigint not null default 0;

-- Where the epoch began: what an older epoch numbered above it never came to this one (a restored backup did not hold it).
alter table feed_counter add column epoch_from bigint not null default 0;

-- The times a chunk's rows lie between, where its table has a time.
alter table chunk add column from_at bigint, add column to_at bigint;
-- Taken back by an erasure: it is answered no more, but what it needs of the changes is kept for whoever follows its tail.
alter table generation add column withdrawn boolean not null default false;
-- Its chunks hold nothing of contacts erased up to this version.
alter table generation add column erased_to bigint not null default 0;
create index document_deleted on document (rev) where deleted;
-- Who gave a contact's field the value it has.
create index document_edit on document ((body ->> 'contactId'), (body ->> 'field'), rev) where kind = 'contact-edit';

-- A parameter of an event as a column sees it, the same for chunks, tails and segments. Texts as they were sent, the first
-- 500 characters; nothing for what is no text, number or yes/no.
create function event_text(params jsonb, key text) returns text
  language sql immutable parallel safe
  as 'select case when jsonb_typeof(params -> key) in (''string'', ''number'', ''boolean'')
                  then nullif(left(params ->> key, 500), '''') end';
-- Numbers also where they were sent as text: digits with a point, as shops do. Nothing for what no number holds exactly enough.
create function event_number(params jsonb, key text) returns double precision
  language sql immutable parallel safe
  as 'select case when length(params ->> key) > 40 then null
                  when jsonb_typeof(params -> key) = ''number'' then (params ->> key)::double precision
                  when jsonb_typeof(params -> key) = ''string'' and params ->> key ~ ''^-?[0-9]{1,15}(\.[0-9]{1,9})?$''
                  then (params ->> key)::double precision end';
