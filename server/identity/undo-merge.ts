/** Takes a merge back: both cards are again what they were, apart from what changed since. */
import { takeBackMerge } from '#server/intake/system-events.ts';
import type { Tx } from '#server/storage/database.ts';
import { markDirty } from '#server/sync/dirty.ts';
import { contactFields, type WritableContactField, writableContactFields } from '#shared/contact/contact-fields.ts';
import { foldChanges } from '#shared/contact/field-value.ts';
import { type Identifier, identifiers as identifierSpecs } from '#shared/contact/identifiers.ts';
import { must } from '#shared/kernel/assert.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { fold } from '#shared/kernel/fold.ts';
import { lockBuckets } from './identity-locks.ts';
import { takeBackMemberships } from './merge-memberships.ts';
import { markHistoryDirty } from './store-merges.ts';

type StoredIdentifier = Identifier & { since: string | null; source: string | null; had: boolean };
type MergeRow = {
  id: number;
  survivor: number;
  merged: number;
  filled: Partial<Record<WritableContactField, string>>;
  filled_fields: Record<string, unknown>;
  identifiers: StoredIdentifier[];
  via: number[];
  undone_at: Date | null;
};

/** Answers the two cards. Afterwards they are kept apart: nothing but a person merges them again. */
export async function undoMerge(
  tx: Tx,
  mergeId: number,
  options: { now: number; by: string },
): Promise<{ survivor: number; merged: number }> {
  const known = await readMerge(tx, mergeId);
  await lockBuckets(tx, known.identifiers);
  const { survivor, merged } = known;
  await tx.query('select 1 from contact where id = any($1::bigint[]) order by id for update', [[survivor, merged]]);
  const merge = await readMerge(tx, mergeId);
  const { rows } = await tx.query('select 1 from contact_alias where id = $1 and survivor = $2', [merged, survivor]);
  if (rows.length === 0) {
    throw new UserError('conflict', 'The remaining card was merged into another one since. Undo that merge first.');
  }
  await tx.query('delete from contact_alias where id = $1', [merged]);
  await tx.query('update contact_alias set survivor = $1 where survivor = $2 and id = any($3::bigint[])', [
    merged,
    survivor,
    merge.via,
  ]);
  await giveBackIdentifiers(tx, merge);
  await tx.query('update contact_merge set undone_at = $2, undone_by = $3 where id = $1', [
    mergeId,
    new Date(options.now),
    options.by,
  ]);
  await emptyFilled(tx, merge);
  await takeBackMemberships(tx, mergeId, survivor);
  await takeBackMerge(tx, survivor, mergeId);
  await keepApart(tx, survivor, merged);
  await tx.query('update contact set deleted_at = null where id = $1', [merged]);
  await tx.query(
    `update contact c set updated_at = $2, email_status = case when email_fold is null then 'none' else coalesce(
        (select reason from suppression s where s.channel = 'email' and s.address = c.email_fold), 'subscribed') end
      where id = any($1::bigint[])`,
    [[survivor, merged], new Date(options.now)],
  );
  await markDirty(tx, 'contact', [survivor, merged]);
  await markHistoryDirty(tx, [merged]);
  return { survivor, merged };
}

async function readMerge(tx: Tx, id: number): Promise<MergeRow> {
  const { rows } = await tx.query<MergeRow>(
    `select id, survivor, merged, filled, filled_fields, identifiers, via, undone_at from contact_merge where id = $1`,
    [id],
  );
  const [merge] = rows;
  if (!merge) throw new UserError('not_found', 'There is no such merge any more.');
  if (merge.undone_at) throw new UserError('conflict', 'This merge was undone already.');
  return merge;
}

/** What the survivor has still goes back; a cookie that somebody else used since stays with them. */
async function giveBackIdentifiers(tx: Tx, { survivor, merged, identifiers }: MergeRow): Promise<void> {
  const unique = identifiers.filter(({ kind }) => !identifierSpecs[kind].shared);
  const { rows: gone } = await tx.query<Identifier>(
    `select i.kind, i.value from unnest($1::text[], $2::text[]) as q (kind, value)
       join identifier i on i.kind = q.kind and i.value = q.value collate "C" where i.contact_id <> $3`,
    [unique.map(({ kind }) => kind), unique.map(({ value }) => value), survivor],
  );
  const taken = new Set(gone.map(({ kind, value }) => `${kind}:${value}`));
  const back = identifiers.filter(({ kind, value }) => !taken.has(`${kind}:${value}`));
  const moved = back.filter(({ had }) => !had);
  await tx.query(
    `delete from identifier i using unnest($2::text[], $3::text[]) as m (kind, value)
      where i.contact_id = $1 and i.kind = m.kind and i.value = m.value collate "C"`,
    [survivor, moved.map(({ kind }) => kind), moved.map(({ value }) => value)],
  );
  await tx.query(
    `delete from deleted_identifier i using unnest($2::text[], $3::text[]) as m (kind, value)
      where i.contact_id = $1 and i.kind = m.kind and i.value = m.value collate "C"`,
    [survivor, moved.map(({ kind }) => kind), moved.map(({ value }) => value)],
  );
  await tx.query(
    `insert into identifier (kind, value, contact_id, since, source)
     select kind, value, $1, since, source
       from unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[]) as i (kind, value, since, source)
     on conflict do nothing`,
    [
      merged,
      back.map(({ kind }) => kind),
      back.map(({ value }) => value),
      back.map(({ since }) => since),
      back.map(({ source }) => source),
    ],
  );
}

/** What the merged card filled is empty again, or filled by another card that is merged still; later edits stay. */
async function emptyFilled(tx: Tx, merge: MergeRow): Promise<void> {
  const { rows } = await tx.query<Record<string, unknown> & { id: number; fields: Record<string, unknown> }>(
    `select id, fields, ${writableContactFields.map((field) => `${contactFields[field].column} as "${field}"`).join(', ')}
       from contact where id = $1
          or id in (select merged from contact_merge where survivor = $1 and undone_at is null)
      order by (select min(m.id) from contact_merge m where m.survivor = $1 and m.merged = contact.id and m.undone_at is null)
               nulls first`,
    [merge.survivor],
  );
  const [survivor, ...others] = rows;
  const current = must(survivor, 'the survivor is there');
  for (const [field, value] of Object.entries(merge.filled)) {
    if (current[field] !== value) continue;
    const name = must(
      writableContactFields.find((one) => one === field),
      'a field of contacts',
    );
    const filler = others.find((other) => other[field] !== null);
    await setFilled(tx, merge.survivor, name, filler ? String(filler[field]) : null, filler?.id ?? null);
  }
  for (const [id, value] of Object.entries(merge.filled_fields)) {
    if (JSON.stringify(current.fields[id]) !== JSON.stringify(value)) continue;
    const filler = others.find((other) => other.fields[id] !== undefined);
    const filled = filler ? { [id]: filler.fields[id] } : {};
    await tx.query(
      `update contact set fields = (fields - $2::text) || $3::jsonb,
                          fields_fold = (fields_fold - $2::text) || jsonb_strip_nulls($4::jsonb) where id = $1`,
      [merge.survivor, id, JSON.stringify(filled), JSON.stringify(foldChanges(filled))],
    );
    if (filler) await noteFilled(tx, merge.survivor, filler.id, 'filled_fields', { [id]: filler.fields[id] });
  }
}

async function setFilled(
  tx: Tx,
  survivor: number,
  field: WritableContactField,
  value: string | null,
  filler: number | null,
): Promise<void> {
  const { column } = contactFields[field];
  await tx.query(`update contact set ${column} = $2, ${column}_fold = $3 where id = $1`, [
    survivor,
    value,
    value === null ? null : fold(value),
  ]);
  if (filler !== null) await noteFilled(tx, survivor, filler, 'filled', { [field]: value });
}

async function noteFilled(
  tx: Tx,
  survivor: number,
  merged: number,
  column: 'filled' | 'filled_fields',
  value: Record<string, unknown>,
): Promise<void> {
  await tx.query(
    `update contact_merge set ${column} = ${column} || $3::jsonb where survivor = $1 and merged = $2 and undone_at is null`,
    [survivor, merged, JSON.stringify(value)],
  );
}

/** Notes on both cards that they are two people. */
export async function keepApart(tx: Tx, one: number, other: number): Promise<void> {
  await tx.query(
    `update contact c set kept_apart = coalesce(c.kept_apart, '[]') || to_jsonb(pair.other)
       from (values ($1::bigint, $2::bigint), ($2::bigint, $1::bigint)) as pair (id, other)
      where c.id = pair.id and not coalesce(c.kept_apart, '[]') @> to_jsonb(pair.other)`,
    [one, other],
  );
}
