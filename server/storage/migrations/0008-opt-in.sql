-- Who signed up by a form and is asked by email whether it was them. Kept after the answer: who asked what, when.

create table opt_in (
  id text primary key,
  contact_id bigint not null,
  -- As suppressions know it.
  address text collate "C" not null,
  -- Keys of the categories that wait for the answer.
  categories jsonb not null default '[]',
  form text,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the mail is due; null: it was sent, or nothing more can be done.
  next_at timestamptz,
  attempts smallint not null default 0,
  -- Of this question: how often it was mailed, and since when it is counted.
  mails smallint not null default 0,
  first_mail_at timestamptz,
  sent_at timestamptz,
  -- Why it was not taken by the other side.
  problem text,
  text_version text,
  confirmed_at timestamptz
);
create unique index opt_in_open on opt_in (address, contact_id) where confirmed_at is null;
create index opt_in_due on opt_in (next_at) where next_at is not null;
create index opt_in_contact on opt_in (contact_id);

-- The wordings that confirmation mails ever had, by the version that the consent ledger names.
create table opt_in_text (
  version text primary key,
  subject text not null,
  body text not null,
  first_sent_at timestamptz not null
);

-- What happened to messages in a period, as the API asks for it.
create index delivery_sent on delivery (sent_at) where sent_at is not null;
create index delivery_undelivered on delivery (coalesce(sent_at, created_at)) where state in ('bounced', 'failed');
create index delivery_unsubscribed on delivery (unsubscribed_at) where unsubscribed_at is not null;
create index delivery_activity_at on delivery_activity (at);
