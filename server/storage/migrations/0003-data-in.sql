-- Data in: identity, additional fields, consent, lists, tracking.

-- Whole numbers for what the eSputnik API names by number and Muster by text.
create table api_number (
  number integer generated always as identity primary key,
  kind text not null,
  id text collate "C" not null,
  unique (kind, id)
);
