import { copyRows } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { type EmailStatus, emailStatuses } from '#shared/contact/contact-fields.ts';
import { primaryKinds } from '#shared/contact/identifiers.ts';
import { must } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { type ContactRecord, contactColumns, identifiersOf, identifierValue } from './contact-record.ts';

/** From how many rows on COPY beats one insert. */
const COPY_FROM = 100;

type Row = readonly (string | number | boolean | null)[];

/** Appends rows: by COPY when they are many, else by one insert. */
async function append(
  tx: Tx,
  table: string,
  columns: readonly [name: string, type: string][],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = columns.map(([name]) => name).join(', ');
  if (rows.length >= COPY_FROM) {
    await copyRows(tx, `${table} (${names})`, rows);
    return;
  }
  const arrays = columns.map(([, type], at) => `$${at + 1}::${type}[]`).join(', ');
  await tx.query(
    `insert into ${table} (${names}) select * from unnest(${arrays})`,
    columns.map((_, at) => rows.map((row) => row[at])),
  );
}

async function readEmailStatuses(tx: Tx, records: readonly ContactRecord[]): Promise<void> {
  const addresses = new Set<string>();
  for (const { values } of records) if (values.email !== null) addresses.add(fold(values.email));
  const suppressed = new Map<string, EmailStatus>();
  if (addresses.size > 0) {
    const { rows } = await tx.query<{ address: string; reason: string }>(
      `select address, reason from suppression where channel = 'email' and address = any($1::text[])`,
      [[...addresses]],
    );
    for (const { address, reason } of rows) {
      suppressed.set(address, emailStatuses.find((status) => status === reason) ?? 'unsubscribed');
    }
  }
  for (const record of records) {
    const { email } = record.values;
    record.emailStatus = email === null ? 'none' : (suppressed.get(fold(email)) ?? 'subscribed');
  }
}

const instant = (at: number): string => new Date(at).toISOString();

/** Gives new contacts their ids, in order, and stores them with their identifiers. */
export async function insertContacts(
  tx: Tx,
  created: readonly ContactRecord[],
  options: { now: number; demo?: boolean },
): Promise<void> {
  if (created.length === 0) return;
  await readEmailStatuses(tx, created);
  const { rows } = await tx.query<{ id: number }>(
    `select nextval('contact_id_seq') as id from generate_series(1, $1::int)`,
    [created.length],
  );
  for (const [at, record] of created.entries()) record.id = must(rows[at], 'an id for every contact').id;
  const used = contactColumns.filter(({ of }) => created.some((record) => of(record) !== null));
  const now = instant(options.now);
  await append(
    tx,
    'contact',
    [
      ['id', 'bigint'],
      ['email_status', 'text'],
      ['demo', 'boolean'],
      ['created_at', 'timestamptz'],
      ['updated_at', 'timestamptz'],
      ...used.map(({ name }): [string, string] => [name, 'text']),
    ],
    created.map((record) => [
      record.id,
      record.emailStatus,
      options.demo === true,
      instant(record.createdAt),
      now,
      ...used.map(({ of }) => of(record)),
    ]),
  );
  await insertIdentifiers(tx, created);
}

async function insertIdentifiers(tx: Tx, records: readonly ContactRecord[]): Promise<void> {
  const rows = records.flatMap((record) =>
    identifiersOf(record.values)
      .filter(({ kind, value }) => {
        const before = record.before?.[kind];
        return !before || identifierValue(kind, before) !== value;
      })
      .map(({ kind, value }) => [kind, value, record.id]),
  );
  const columns: [string, string][] = [
    ['kind', 'text'],
    ['value', 'text'],
    ['contact_id', 'bigint'],
  ];
  await append(tx, 'identifier', columns, rows);
}

/** Stores changed contacts with their identifiers. */
export async function updateContacts(tx: Tx, updated: readonly ContactRecord[], now: number): Promise<void> {
  if (updated.length === 0) return;
  await readEmailStatuses(tx, updated);
  const set = contactColumns.map(({ name }) => `${name} = u.${name}`).join(', ');
  const names = contactColumns.map(({ name }) => name).join(', ');
  const arrays = contactColumns.map((_, at) => `$${at + 4}::text[]`).join(', ');
  await tx.query(
    `update contact c set ${set}, email_status = u.email_status, updated_at = $3
       from unnest($1::bigint[], $2::text[], ${arrays}) as u (id, email_status, ${names})
      where c.id = u.id`,
    [
      updated.map(({ id }) => id),
      updated.map(({ emailStatus }) => emailStatus),
      instant(now),
      ...contactColumns.map(({ of }) => updated.map(of)),
    ],
  );
  const gone = updated.flatMap((record) =>
    primaryKinds.flatMap((kind) => {
      const before = record.before?.[kind];
      const after = record.values[kind];
      if (!before || (after !== null && identifierValue(kind, after) === identifierValue(kind, before))) return [];
      return [{ kind, value: identifierValue(kind, before), id: record.id }];
    }),
  );
  if (gone.length > 0) {
    await tx.query(
      `delete from identifier i using unnest($1::text[], $2::text[], $3::bigint[]) as g (kind, value, contact_id)
        where i.kind = g.kind and i.value = g.value collate "C" and i.contact_id = g.contact_id`,
      [gone.map(({ kind }) => kind), gone.map(({ value }) => value), gone.map(({ id }) => id)],
    );
  }
  await insertIdentifiers(tx, updated);
}
