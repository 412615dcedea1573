-- Who is in which segment and since when, kept by a background job (decision 0032).

create table segment_member (
  segment_id text collate "C" not null,
  contact_id bigint not null,
  -- Null: they were in it before anybody looked.
  since timestamptz,
  primary key (segment_id, contact_id)
);
create index segment_member_contact on segment_member (contact_id);

-- What a segment's members were found by, and when.
create table segment_state (
  segment_id text collate "C" primary key,
  -- Hash of the rule and of what it means here; empty: never filled. Another one is another rule, whose first fill is no news.
  basis text not null default '',
  -- Every change numbered up to it was looked at.
  version bigint not null default 0,
  checked_at timestamptz,
  took_ms integer not null default 0,
  -- Why it could not be worked out; tried again after a while.
  problem text
);
-- Segments that are older than this table: since when their members match nobody knows.
insert into segment_state (segment_id) select id from document where kind = 'segment' and not deleted;
