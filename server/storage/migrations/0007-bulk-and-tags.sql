-- Changes of many contacts at once, and what each of them replaced.

create table bulk_job (
  id text primary key,
  -- What is done (contact/bulk.schema.ts). A personal value is taken out of it as soon as the job has ended.
  action jsonb not null,
  -- prepared: counted and shown, not confirmed; waiting, running; done, cancelled, failed.
  state text not null,
  -- Whom it means, in the order of their ids: frozen when it was prepared.
  contact_ids bigint[] not null,
  total integer not null,
  -- How many of them were dealt with: moves on in the transaction that changes them, so that nothing is applied twice.
  position integer not null default 0,
  changed integer not null default 0,
  -- Contacts that were left as they are, by reason.
  skipped jsonb not null default '{}',
  error text,
  -- Servers that died over the same step.
  attempts integer not null default 0,
  -- The job this one takes back, and the one that takes this one back.
  undoes text,
  undone_by text,
  started_by text not null,
  started_by_name text not null,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index bulk_job_open on bulk_job (created_at) where state in ('waiting', 'running');

-- What a job changed of one contact: taken back from here. Erasing a contact takes its rows.
create table bulk_change (
  job_id text not null,
  contact_id bigint not null,
  before jsonb not null,
  after jsonb not null,
  primary key (job_id, contact_id)
);
create index bulk_change_contact on bulk_change (contact_id);
