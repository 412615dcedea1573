-- Muster's first schema. Plain SQL of the PostgreSQL 15 subset; instants are timestamptz truncated to ms by the writer.
-- History tables begin their key with contact_id; uniqueness across contacts lives in registries keyed by the value.

create table workspace (
  id smallint primary key check (id = 1),
  name text not null,
  time_zone text not null,
  currency text not null default 'GBP',
  -- Signs pixel, click and unsubscribe links.
  link_secret text not null,
  sending_stopped boolean not null default false,
  sending_stopped_by text,
  -- The public URL whose self-test passed last; bulk sending is allowed only while it equals the configured one.
  public_url_verified text,
  public_url_verified_at timestamptz,
  created_at timestamptz not null default now()
);

-- The one counter that numbers documents and column changes. Bumped last in a transaction, by n for n rows.
create table feed_counter (
  id smallint primary key check (id = 1),
  version bigint not null,
  -- Changes on restore: clients then resync fully and keep their unsent edits.
  epoch text not null
);

create table document (
  id text primary key,
  kind text not null,
  schema_version integer not null,
  rev bigint not null,
  body jsonb not null,
  deleted boolean not null default false,
  updated_by text,
  updated_at timestamptz not null default now()
);
create index document_rev on document (rev);
create index document_kind on document (kind) where not deleted;

create sequence contact_id_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;

create table contact (
  id bigint primary key,
  external_customer_id text collate "C",
  email text collate "C",
  phone text collate "C",
  first_name text collate "C",
  last_name text collate "C",
  country text collate "C",
  region text collate "C",
  town text collate "C",
  address text collate "C",
  postcode text collate "C",
  language_code text collate "C",
  time_zone text collate "C",
  source text collate "C",
  external_customer_id_fold text collate "C",
  email_fold text collate "C",
  phone_fold text collate "C",
  first_name_fold text collate "C",
  last_name_fold text collate "C",
  country_fold text collate "C",
  region_fold text collate "C",
  town_fold text collate "C",
  address_fold text collate "C",
  postcode_fold text collate "C",
  language_code_fold text collate "C",
  time_zone_fold text collate "C",
  source_fold text collate "C",
  -- subscribed, unsubscribed, bounced, complained, none; follows table suppression.
  email_status text collate "C" not null default 'none',
  fields jsonb not null default '{}',
  demo boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz
);
create index contact_email on contact (email_fold) where email_fold is not null;

-- kind: externalCustomerId, email, phone. Values are normalised (email folded, phone E.164). Emails and phones may be shared.
create table identifier (
  kind text not null,
  value text collate "C" not null,
  contact_id bigint not null,
  primary key (kind, value, contact_id)
);
create unique index identifier_external on identifier (value, kind) where kind = 'externalCustomerId';
create index identifier_contact on identifier (contact_id);

-- Per address: every contact with it is affected.
create table suppression (
  channel text not null,
  address text collate "C" not null,
  reason text not null,
  created_at timestamptz not null default now(),
  primary key (channel, address)
);

create table event_type (
  id integer generated always as identity primary key,
  key text collate "C" not null unique,
  created_at timestamptz not null default now()
);

create sequence event_row_seq as bigint minvalue 1 maxvalue 4294967295 cache 100;
create table event (
  contact_id bigint not null,
  row_id bigint not null,
  at timestamptz not null,
  type_id integer not null,
  key_value text,
  params jsonb not null default '{}',
  source text not null,
  primary key (contact_id, row_id)
);
create index event_row on event (row_id);
create index event_type_at on event (type_id, at);

-- messageId seen in the last 30 days: acknowledged and ignored.
create table message_seen (
  message_id text collate "C" primary key,
  seen_at timestamptz not null default now()
);

-- The one definition of what an order line counts as (docs/reports.md explains it line by line).
-- Gross: a positive quantity at a positive price, in an order that is neither a credit note nor cancelled nor a cart left behind.
create function order_line_is_gross(quantity bigint, price bigint, credit boolean, status text) returns boolean
  language sql immutable parallel safe
  as 'select not credit and quantity > 0 and price > 0 and status not in (''CANCELLED'', ''ABANDONED_SHOPPING_CART'')';
-- Return: any line of a credit note, or a negative quantity in any order.
create function order_line_is_return(quantity bigint, credit boolean) returns boolean
  language sql immutable parallel safe
  as 'select credit or quantity < 0';
-- quantity (1/1,000) × price (1/10,000), rounded half away from zero, in 1/10,000.
create function order_line_amount(quantity bigint, price bigint) returns bigint
  language sql immutable parallel safe
  as 'select round(quantity::numeric * price::numeric / 1000)::bigint';
-- What a return takes back: never negative, nothing for lines without a positive price.
create function order_line_returned(quantity bigint, price bigint) returns bigint
  language sql immutable parallel safe
  as 'select case when price > 0 then abs(round(quantity::numeric * price::numeric / 1000))::bigint else 0::bigint end';

create sequence order_row_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
-- contact_id 0: an order of nobody known.
create table orders (
  contact_id bigint not null,
  row_id bigint not null,
  external_order_id text collate "C" not null,
  at timestamptz not null,
  status text not null,
  currency text not null,
  -- A cancelled invoice or credit note: its lines are returns whatever their sign.
  credit boolean not null default false,
  -- Sums of the lines, kept by whoever writes them (by the functions order_line_… above).
  gross bigint not null default 0,
  returns bigint not null default 0,
  gross_lines integer not null default 0,
  line_count integer not null default 0,
  extra jsonb not null default '{}',
  source text not null,
  -- sha-256 of the order's canonical form: an import of the same order changes nothing.
  digest text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (contact_id, row_id)
);
create index orders_row on orders (row_id);
create index orders_at on orders (at);

create table order_line (
  contact_id bigint not null,
  order_row_id bigint not null,
  line_no integer not null,
  external_item_id text collate "C" not null,
  name text collate "C" not null,
  category text,
  -- 1/1,000
  quantity bigint not null,
  -- 1/10,000
  price bigint not null,
  -- quantity × price, rounded half away from zero, 1/10,000.
  amount bigint generated always as (order_line_amount(quantity, price)) stored,
  extra jsonb,
  primary key (contact_id, order_row_id, line_no)
);
create index order_line_order on order_line (order_row_id);

create table order_registry (
  external_order_id text collate "C" primary key,
  contact_id bigint not null,
  row_id bigint not null
);

-- Intake is a log: appended in group-committed inserts, acknowledged after the commit, taken in order per bucket.
create table intake (
  bucket smallint not null,
  id bigint generated always as identity,
  kind text not null,
  payload jsonb not null,
  received_at timestamptz not null default now(),
  attempts smallint not null default 0,
  next_at timestamptz not null default now(),
  error text,
  primary key (bucket, id)
);

-- A row that failed five times is parked with its error and shown; its lane goes on.
create table intake_parked (
  id bigint primary key,
  bucket smallint not null,
  kind text not null,
  payload jsonb not null,
  received_at timestamptz not null,
  parked_at timestamptz not null default now(),
  error text not null
);

-- What intake and deliveries changed, not yet numbered. tbl is an entity of src-shared/columns/tables.ts.
create table dirty (
  bucket smallint not null,
  id bigint generated always as identity,
  tbl text not null,
  key bigint not null,
  primary key (bucket, id)
);

-- Numbered by one leased sequencer after commit (or by the writer itself for what people edit): the tail of the columns.
create table column_change (
  version bigint primary key,
  tbl text not null,
  key bigint not null
);

create table chunk (
  tbl text not null,
  idx integer not null,
  hash text not null,
  rows integer not null,
  bytes integer not null,
  -- Chunk format and columns it was written with (layoutOf); another one means: build it anew.
  layout text not null,
  -- Every change with a version ≤ built_version is inside.
  built_version bigint not null,
  built_at timestamptz not null,
  primary key (tbl, idx)
);
create table chunk_blob (
  hash text primary key,
  -- gzip
  data bytea not null,
  created_at timestamptz not null default now()
);
create table generation (
  id bigint primary key,
  tail_from bigint not null,
  manifest jsonb not null,
  built_at timestamptz not null default now()
);

-- Who may do scheduled or numbered work now; rows expire.
create table lease (
  name text primary key,
  holder text not null,
  until timestamptz not null
);

create table campaign_run (
  campaign_id text primary key,
  state text not null,
  -- Frozen at launch.
  message_name text not null,
  segment_name text not null,
  rule jsonb not null,
  subject text not null,
  preheader text not null,
  html text not null,
  sender jsonb not null,
  recipients integer not null default 0,
  scheduled_at timestamptz,
  cancel_until timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  -- A refusal of a mail that was begun before this must not pause the campaign again.
  resumed_at timestamptz,
  problem text,
  launched_by text not null,
  created_at timestamptz not null default now()
);

create sequence delivery_row_seq as bigint minvalue 1 maxvalue 4294967295 cache 1;
create table delivery (
  contact_id bigint not null,
  row_id bigint not null,
  -- UUIDv7; the Message-ID is <id@host of the sender>.
  id text not null,
  campaign_id text not null,
  address text,
  state text not null,
  reason text,
  attempts smallint not null default 0,
  response text,
  created_at timestamptz not null,
  sent_at timestamptz,
  opened_at timestamptz,
  machine_opened_at timestamptz,
  clicked_at timestamptz,
  machine_clicked_at timestamptz,
  unsubscribed_at timestamptz,
  primary key (contact_id, row_id),
  -- The idempotency key: one message per campaign and recipient.
  unique (contact_id, campaign_id)
);
create index delivery_row on delivery (row_id);
create index delivery_campaign on delivery (campaign_id, state);

-- What is still to be handed over. A row leaves when its delivery reached an end.
create table outbox (
  bucket smallint not null,
  row_id bigint not null,
  contact_id bigint not null,
  campaign_id text not null,
  next_at timestamptz not null,
  leased_until timestamptz,
  lease_holder text,
  primary key (bucket, row_id)
);
create index outbox_due on outbox (bucket, next_at);

create table delivery_activity (
  contact_id bigint not null,
  row_id bigint not null,
  at timestamptz not null,
  kind text not null,
  machine boolean not null default false,
  url text,
  id bigint generated always as identity,
  primary key (contact_id, row_id, id)
);

create table test_send (
  id text primary key,
  sent_to text not null,
  sent_at timestamptz not null,
  sent_by text not null
);

create table upload (
  id text primary key,
  file_name text not null,
  columns jsonb not null,
  created_at timestamptz not null default now()
);

create table import (
  id text primary key,
  upload_id text,
  file_name text not null,
  kind text not null,
  map jsonb not null,
  state text not null,
  lines_read bigint not null default 0,
  progress real not null default 0,
  summary jsonb,
  error text,
  -- How often a server began it; one that stops the server again and again is given up.
  attempts smallint not null default 0,
  started_by text,
  started_at timestamptz not null default now(),
  finished_at timestamptz
);
create table import_reject (
  import_id text not null,
  line bigint not null,
  reason text not null,
  raw text not null,
  primary key (import_id, line)
);

create table api_key (
  id text primary key,
  -- sha-256 of the key; the key itself is shown once.
  hash text not null unique,
  hint text not null,
  scope text not null,
  name text not null default '',
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- better-auth's own tables, as its migration generator writes them for e-mail and password with bearer sessions.
create table "user" (
  "id" text not null primary key,
  "name" text not null,
  "email" text not null unique,
  "emailVerified" boolean not null,
  "image" text,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null default current_timestamp
);
create table "session" (
  "id" text not null primary key,
  "expiresAt" timestamptz not null,
  "token" text not null unique,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references "user" ("id") on delete cascade
);
create index session_by_user on "session" ("userId");
create table "account" (
  "id" text not null primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references "user" ("id") on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  "scope" text,
  "password" text,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null
);
create index account_by_user on "account" ("userId");
create table "verification" (
  "id" text not null primary key,
  "identifier" text not null,
  "value" text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null default current_timestamp
);
create index verification_identifier on "verification" ("identifier");
