-- Imports: how a file is read, what is done beside storing it, how far it got, and what it takes to undo it.

-- The sheets of a workbook; none for text files.
alter table upload add column sheets jsonb not null default '[]';

alter table import
  -- import; check: counted, nothing is stored.
  add column purpose text not null default 'import',
  -- Encoding, delimiter, header, decimals, dates, sheet (import/file-format.schema.ts); null: guessed by the file.
  add column format jsonb,
  -- What else is done (api/import.schema.ts).
  add column options jsonb not null default '{}',
  -- The file's columns, for the rejects.
  add column columns jsonb not null default '[]',
  -- Whose national phone numbers are meant: fixed at the start, so that a second run reads the same people.
  add column region text,
  -- How many people were applied, and what became of them: move on in the transaction that applies them.
  add column done_to integer not null default 0,
  add column counts jsonb,
  -- What an undo did so far.
  add column undo jsonb;

-- Contacts an import made, a row per batch; emptied by the undo, and when it is too late for one.
create table import_created (
  import_id text not null,
  seq integer not null,
  contact_ids bigint[] not null,
  primary key (import_id, seq)
);
-- What an import changed of a contact that was there. Erasing a contact takes its rows.
create table import_change (
  import_id text not null,
  contact_id bigint not null,
  before jsonb not null,
  after jsonb not null,
  primary key (import_id, contact_id)
);
create index import_change_contact on import_change (contact_id);

-- Which column became which field the last time, by the names of a file's columns.
create table import_mapping (
  signature text primary key,
  kind text not null,
  map jsonb not null,
  used_at timestamptz not null default now()
);
