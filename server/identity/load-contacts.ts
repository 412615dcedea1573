import type { Tx } from '#server/storage/database.ts';
import { contactFields, writableContactFields } from '#shared/contact/contact-fields.ts';
import { type Identifier, type IdentifierKind, isChangeable } from '#shared/contact/identifiers.ts';
import type { ContactClaim } from './contact-claim.ts';
import type { ContactIndex } from './contact-index.ts';
import { ContactRecord, emptyValues, identifierValue, type StoredValues } from './contact-record.ts';

const columns = writableContactFields.map((field) => `${contactFields[field].column} as "${field}"`).join(', ');

type ContactRow = StoredValues & {
  id: number;
  source: string | null;
  created_at: Date;
  kept_apart: number[] | null;
  fields?: Record<string, unknown>;
  further?: boolean;
};
type Held = { kind: IdentifierKind; value: string; contact_id: number };

/** A card whose identifiers somebody moved while we waited for it leads on to where they are now. */
const ROUNDS = 4;

/**
 * Loads every contact the claims could mean, locked in id order, and tells the index which identifiers lead to them.
 * Answers the secret of erased identifiers, null when nothing was ever erased.
 */
export async function loadContacts(
  tx: Tx,
  index: ContactIndex,
  claims: readonly ContactClaim[],
): Promise<{ eraseSecret: string | null }> {
  const asked = askedIdentifiers(claims);
  const given = new Set<number>();
  for (const { write } of claims) if (write.contactId !== undefined) given.add(write.contactId);
  const extra = [
    claims.some(({ write }) => write.fields) ? ', fields' : '',
    claims.some(({ identifiers }) => identifiers.some(({ kind }) => isChangeable(kind)))
      ? `, exists (select 1 from identifier i where i.contact_id = contact.id and i.kind = 'loyaltyNumber') as further`
      : '',
  ].join('');
  let missing = new Set<number>();
  for (let round = 1; ; round++) {
    const { held, eraseSecret } = await readHolders(tx, asked);
    const wanted = new Set([...given, ...held.map(({ contact_id }) => contact_id)]);
    const unread = [...wanted].filter((id) => !index.records.has(id) && !missing.has(id));
    if (unread.length > 0) await readContacts(tx, index, unread, extra);
    const gone = unread.filter((id) => !index.records.has(id));
    if (gone.length === 0 || round === ROUNDS) {
      for (const { kind, value, contact_id } of held) {
        const record = index.records.get(contact_id);
        if (record) index.hold({ kind, value }, record);
      }
      return { eraseSecret };
    }
    missing = new Set([...missing, ...gone]);
    const survivors = await readSurvivors(tx, gone);
    const fresh = [...survivors.values()].filter((id) => !index.records.has(id));
    if (fresh.length > 0) await readContacts(tx, index, fresh, extra);
    for (const [id, survivor] of survivors) {
      const record = index.records.get(survivor);
      if (record) index.records.set(id, record);
    }
  }
}

function askedIdentifiers(claims: readonly ContactClaim[]): Identifier[] {
  const wanted = new Map<string, Identifier>();
  for (const { identifiers } of claims) {
    for (const identifier of identifiers) wanted.set(`${identifier.kind}:${identifier.value}`, identifier);
  }
  return [...wanted.values()];
}

/** A row of no kind carries the secret: that way a batch that has nothing to do with erasures costs no statement. */
async function readHolders(
  tx: Tx,
  asked: readonly Identifier[],
): Promise<{ held: Held[]; eraseSecret: string | null }> {
  if (asked.length === 0) return { held: [], eraseSecret: null };
  const { rows } = await tx.query<Held>(
    // offset 0 keeps this an index look-up for each identifier; as a plain join a large batch reads the whole table.
    `select i.kind, i.value, i.contact_id
       from unnest($1::text[], $2::text[]) as q (kind, value)
       cross join lateral (
         select kind, value, contact_id from identifier
          where kind = q.kind and value = q.value collate "C" offset 0) i
     union all
     select '', erase_secret, 0 from workspace where id = 1 and exists (select 1 from erased_identifier)`,
    [asked.map(({ kind }) => kind), asked.map(({ value }) => value)],
  );
  const secret = rows.find(({ contact_id }) => contact_id === 0);
  return { held: rows.filter((row) => row !== secret), eraseSecret: secret?.value ?? null };
}

async function readContacts(tx: Tx, index: ContactIndex, ids: readonly number[], extra: string): Promise<void> {
  const { rows } = await tx.query<ContactRow>(
    `select id, source, created_at, kept_apart, ${columns}${extra} from contact
      where id = any($1::bigint[]) and deleted_at is null order by id for update`,
    [ids],
  );
  for (const row of rows) {
    const stored = emptyValues();
    for (const field of writableContactFields) stored[field] = row[field];
    const record = new ContactRecord({
      id: row.id,
      stored,
      source: row.source,
      createdAt: row.created_at.getTime(),
    });
    record.fields = row.fields ?? {};
    record.hasFurther = row.further ?? false;
    record.keptApart = row.kept_apart ?? [];
    index.add(record);
    for (const kind of ['externalCustomerId', 'email', 'phone'] as const) {
      const value = stored[kind];
      if (value !== null) index.hold({ kind, value: identifierValue(kind, value) }, record);
    }
  }
}

/** Whose the merged ones among the cards are now. */
export async function readSurvivors(tx: Tx, ids: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await tx.query<{ id: number; survivor: number }>(
    'select id, survivor from contact_alias where id = any($1::bigint[])',
    [ids],
  );
  return new Map(rows.map(({ id, survivor }) => [id, survivor]));
}
