-- Data in: identity, additional fields, consent, lists, tracking.

-- Whole numbers for what the eSputnik API names by number and Muster by text.
create table api_number (
  number integer generated always as identity primary key,
  kind text not null,
  id text collate "C" not null,
  unique (kind, id)
);

-- Additional fields as they are compared (kernel/fold.ts), by field id; only where folding changes them.
alter table contact add column fields_fold jsonb not null default '{}';
-- An additional field as a column sees it, the same for chunks, tails and segments (contact/field-value.ts). Nothing for
-- what is not of the kind asked for. Chosen values are one text, with U+001F between them.
create function field_text(fields jsonb, id text) returns text
  language sql immutable parallel safe
  as 'select case jsonb_typeof(fields -> id)
               when ''string'' then fields ->> id
               when ''array'' then (select string_agg(value, chr(31) order by at)
                                    from jsonb_array_elements_text(fields -> id) with ordinality as e (value, at)) end';
create function field_number(fields jsonb, id text) returns double precision
  language sql immutable parallel safe
  as 'select case jsonb_typeof(fields -> id)
               when ''number'' then (fields ->> id)::double precision
               when ''boolean'' then case when (fields -> id)::boolean then 1 else 0 end end';

-- Members of lists and subscribers of categories, one row each: list_id is the id of a `list` or `category` document.
create sequence membership_row_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
create table membership (
  contact_id bigint not null,
  list_id text collate "C" not null,
  row_id bigint not null,
  -- member: of a list; subscribed, unsubscribed: of a category. Who left a category keeps the row: it says since when.
  state text not null,
  since timestamptz not null,
  source text not null,
  primary key (contact_id, list_id)
);
create index membership_row on membership (row_id);
create index membership_list on membership (list_id, contact_id);

-- Categories of the message, frozen at launch: ids as a JSON array.
alter table campaign_run add column categories jsonb not null default '[]';

-- What somebody allowed or took back, in the order in which it became known. Rows are only added; erasing a contact takes its own.
create table consent (
  -- 0: an address that no contact had.
  contact_id bigint not null,
  id bigint generated always as identity,
  channel text not null,
  -- As suppressions know it; null where it was said of the contact.
  address text collate "C",
  -- all, or the id of a category.
  purpose text collate "C" not null,
  -- granted, withdrawn, complained, bounced.
  act text not null,
  -- person, form, api, import, admin, provider.
  source text not null,
  at timestamptz not null,
  -- Which wording was agreed to, and how that can be shown.
  text_version text,
  evidence text,
  -- Why somebody left, in their own words or by a reason they chose.
  reason text,
  by text,
  recorded_at timestamptz not null default now(),
  primary key (contact_id, id)
);
create index consent_address on consent (channel, address) where address is not null;

-- API keys can be switched off and on again; number and maker are what a list of keys shows.
alter table api_key
  add column number integer generated always as identity,
  add column enabled boolean not null default true,
  add column created_by text;

-- A bulk request of the HTTP API that was acknowledged: what became of each of its items is asked by importstatus.
create table api_session (
  id text primary key,
  -- Items of the request, and how many of them were refused at once.
  total integer not null,
  refused integer not null,
  created_at timestamptz not null default now()
);
create index api_session_created on api_session (created_at);
-- One row per item, written in the transaction that applies it.
create table api_session_item (
  session_id text not null,
  item integer not null,
  -- 0: no contact was meant, nothing was done; -1: done without a contact (an order of nobody known).
  contact_id bigint not null,
  primary key (session_id, item)
);

-- Identity. An identifier's since and source are null where it came with its contact. Changeable ones (cookies, tokens, chats)
-- have one holder, the contact that used them last.
alter table identifier add column since timestamptz, add column source text;
create unique index identifier_changeable on identifier (value, kind)
  where kind in ('mobileToken', 'webPushToken', 'telegram', 'viber', 'deviceId', 'webCookie', 'anonymousId');
create index contact_phone on contact (phone) where phone is not null and deleted_at is null;

-- Cards a person said are not one with this one: their ids.
alter table contact add column kept_apart jsonb;

-- A merged card stays as it was, deleted, and so does its history; whoever reads history by contact asks here whose it is now.
-- Never a chain: survivor is a card that is not merged itself.
create table contact_alias (
  id bigint primary key,
  survivor bigint not null
);
create index contact_alias_survivor on contact_alias (survivor);

create table contact_merge (
  id bigint generated always as identity primary key,
  survivor bigint not null,
  merged bigint not null,
  -- automatic, person
  cause text not null,
  -- The kind of identifier that showed it; null for a person's own judgement.
  by_kind text,
  by_user text,
  at timestamptz not null,
  -- Fields of the survivor that the merged card filled: {name: value}; and additional ones.
  filled jsonb not null,
  filled_fields jsonb not null,
  -- What led to the merged card: [{kind, value, since, source, had}]; had: the survivor had it too.
  identifiers jsonb not null,
  -- Cards that were merged into the merged one before: [id].
  via jsonb not null,
  -- Lists and subscriptions the survivor got: [{list, before, after}].
  memberships jsonb,
  undone_at timestamptz,
  undone_by text
);
create index contact_merge_survivor on contact_merge (survivor);
create index contact_merge_merged on contact_merge (merged);

-- What led to a deleted contact; it does no more, until the contact is restored.
create table deleted_identifier (
  kind text not null,
  value text collate "C" not null,
  contact_id bigint not null,
  since timestamptz,
  source text,
  primary key (kind, value, contact_id)
);
create index deleted_identifier_contact on deleted_identifier (contact_id);

-- Keyed hashes of what led to erased contacts, so that nobody brings them back but they themselves.
alter table workspace add column erase_secret text not null default gen_random_uuid()::text || gen_random_uuid()::text;
create table erased_identifier (
  hash text primary key,
  erased_at timestamptz not null
);

-- When a site last sent what its set-up waits for.
create table site_seen (
  site_id text not null,
  step text not null,
  at timestamptz not null,
  primary key (site_id, step)
);

-- Events of browsers whose visitor has not said who they are wait without an owner, by the browser's key.
-- Longer keys are no browser's; an index entry holds about 2,700 bytes.
create index event_visitor on event (key_value) where contact_id = 0 and length(key_value) <= 600;
