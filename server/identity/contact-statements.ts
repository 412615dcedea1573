import { copyRows } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';
import { type EmailStatus, emailStatuses } from '#shared/contact/contact-fields.ts';
import { foldChanges } from '#shared/contact/field-value.ts';
import { isPrimaryKind, primaryKinds } from '#shared/contact/identifiers.ts';
import { must } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';
import { type ContactRecord, contactColumns, identifiersOf, identifierValue } from './contact-record.ts';
import { promoteFurther } from './held-identifiers.ts';

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
  const hasFields = created.some(({ fieldChanges }) => Object.keys(fieldChanges).length > 0);
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
      ...(hasFields ? additionalColumns : []),
    ],
    created.map((record) => [
      record.id,
      record.emailStatus,
      options.demo === true,
      instant(record.createdAt),
      now,
      ...used.map(({ of }) => of(record)),
      ...(hasFields ? [fieldsOf(record), foldedFieldsOf(record)] : []),
    ]),
  );
  await append(
    tx,
    'identifier',
    [
      ['kind', 'text'],
      ['value', 'text'],
      ['contact_id', 'bigint'],
    ],
    created.flatMap(({ id, values }) => identifiersOf(values).map(({ kind, value }) => [kind, value, id])),
  );
}

/** Additional fields after the batch. */
function fieldsOf({ fields, fieldChanges }: ContactRecord): string {
  const all = Object.entries({ ...fields, ...fieldChanges }).filter(([, value]) => value !== null);
  return storableJson(Object.fromEntries(all));
}

/** The same as they are compared. */
function foldedFieldsOf({ fields, fieldChanges }: ContactRecord): string {
  const all = Object.entries(foldChanges({ ...fields, ...fieldChanges })).filter(([, value]) => value !== null);
  return storableJson(Object.fromEntries(all));
}

const additionalColumns: readonly [name: string, type: string][] = [
  ['fields', 'jsonb'],
  ['fields_fold', 'jsonb'],
];

/** Primary identifiers that the contacts did not have before. */
async function insertNewIdentifiers(
  tx: Tx,
  records: readonly ContactRecord[],
  { source, now }: { source: string; now: number },
): Promise<void> {
  const rows = records.flatMap((record) =>
    identifiersOf(record.values)
      .filter(({ kind, value }) => {
        const before = isPrimaryKind(kind) ? record.before?.[kind] : null;
        return !before || (kind === 'email' ? fold(before) : before) !== value;
      })
      .map(({ kind, value }) => ({ kind, value, id: record.id })),
  );
  if (rows.length === 0) return;
  await tx.query(
    `insert into identifier (kind, value, contact_id, since, source)
     select kind, value, contact_id, $4, $5 from unnest($1::text[], $2::text[], $3::bigint[]) as i (kind, value, contact_id)
     on conflict do nothing`,
    [rows.map(({ kind }) => kind), rows.map(({ value }) => value), rows.map(({ id }) => id), instant(now), source],
  );
}

/** Stores changed contacts with their identifiers. */
export async function updateContacts(
  tx: Tx,
  updated: readonly ContactRecord[],
  options: { source: string; now: number },
): Promise<void> {
  if (updated.length === 0) return;
  await promoteFurther(tx, updated);
  await readEmailStatuses(tx, updated);
  const hasFields = updated.some(({ fieldChanges }) => Object.keys(fieldChanges).length > 0);
  const values = [
    updated.map(({ id }) => id),
    updated.map(({ emailStatus }) => emailStatus),
    instant(options.now),
    ...contactColumns.map(({ of }) => updated.map(of)),
    ...(hasFields
      ? [
          updated.map((record) => storableJson(record.fieldChanges)),
          updated.map((record) => storableJson(foldChanges(record.fieldChanges))),
        ]
      : []),
  ];
  const set = contactColumns.map(({ name }) => `${name} = u.${name}`).join(', ');
  const names = contactColumns.map(({ name }) => name).join(', ');
  const arrays = contactColumns.map((_, at) => `$${at + 4}::text[]`).join(', ');
  // Only what changes is written: another writer's fields stay as they are.
  const fields = hasFields
    ? `, fields = jsonb_strip_nulls(c.fields || u.fields::jsonb),
         fields_fold = jsonb_strip_nulls(c.fields_fold || u.fields_fold::jsonb)`
    : '';
  await tx.query(
    `update contact c set ${set}${fields}, email_status = u.email_status, updated_at = $3
       from unnest($1::bigint[], $2::text[], ${arrays}${hasFields ? `, $${values.length - 1}::text[], $${values.length}::text[]` : ''})
            as u (id, email_status, ${names}${hasFields ? ', fields, fields_fold' : ''})
      where c.id = u.id`,
    values,
  );
  const gone = updated.flatMap((record) =>
    primaryKinds.flatMap((kind) => {
      const before = record.before?.[kind];
      const after = record.values[kind];
      const old = before && identifierValue(kind, before);
      if (!old || record.kept.includes(`${kind}:${old}`) || (after !== null && identifierValue(kind, after) === old))
        return [];
      return [{ kind, value: old, id: record.id }];
    }),
  );
  if (gone.length > 0) {
    await tx.query(
      `delete from identifier i using unnest($1::text[], $2::text[], $3::bigint[]) as g (kind, value, contact_id)
        where i.kind = g.kind and i.value = g.value collate "C" and i.contact_id = g.contact_id`,
      [gone.map(({ kind }) => kind), gone.map(({ value }) => value), gone.map(({ id }) => id)],
    );
  }
  await insertNewIdentifiers(tx, updated, options);
}
