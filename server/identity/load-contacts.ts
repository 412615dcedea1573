import type { Tx } from '#server/storage/database.ts';
import { contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import type { PrimaryKind } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import type { ContactIndex } from './contact-index.ts';
import { emptyValues, identifiersOf } from './contact-record.ts';

const columns = writableContactFields.map((field) => `${contactFields[field].column} as "${field}"`).join(', ');

type ContactRow = Record<(typeof writableContactFields)[number], string | null> & {
  id: number;
  source: string | null;
  created_at: Date;
};

/** Loads every contact the rows could mean, locked in id order, and tells the index which identifiers lead to them. */
export async function loadContacts(
  tx: Tx,
  index: ContactIndex,
  writes: readonly { contactId?: number; values: ContactValues }[],
): Promise<void> {
  const wanted = new Map<string, { kind: PrimaryKind; value: string }>();
  const ids = new Set<number>();
  for (const write of writes) {
    if (write.contactId !== undefined) ids.add(write.contactId);
    for (const identifier of identifiersOf(write.values))
      wanted.set(`${identifier.kind}:${identifier.value}`, identifier);
  }
  const asked = [...wanted.values()];
  const { rows: held } = await tx.query<{ kind: PrimaryKind; value: string; contact_id: number }>(
    // offset 0 keeps this an index look-up for each identifier; as a plain join a large batch reads the whole table.
    `select i.kind, i.value, i.contact_id
       from unnest($1::text[], $2::text[]) as q (kind, value)
       cross join lateral (
         select kind, value, contact_id from identifier
          where kind = q.kind and value = q.value collate "C" offset 0) i`,
    [asked.map(({ kind }) => kind), asked.map(({ value }) => value)],
  );
  for (const { contact_id } of held) ids.add(contact_id);
  if (ids.size === 0) return;
  const { rows } = await tx.query<ContactRow>(
    `select id, source, created_at, ${columns} from contact
      where id = any($1::bigint[]) and deleted_at is null order by id for update`,
    [[...ids]],
  );
  for (const row of rows) {
    const values = emptyValues();
    for (const field of writableContactFields) values[field] = row[field];
    index.add({
      id: row.id,
      isNew: false,
      values,
      before: { ...values },
      source: row.source,
      createdAt: row.created_at.getTime(),
      emailStatus: 'none',
    });
  }
  for (const { kind, value, contact_id } of held)
    if (index.records.has(contact_id)) index.hold(kind, value, contact_id);
}
