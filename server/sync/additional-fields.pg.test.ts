/** Additional fields from their documents to columns: what people push, what roles see, and what is built anew. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeContact } from '#server/identity/write-contacts.ts';
import type { Deps } from '#server/service.ts';
import type { Role } from '#shared/account/roles.ts';
import type { FieldId } from '#shared/contact/field.schema.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { ColumnClient } from '#tests/support/sync-columns.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { buildGeneration } from './chunk-builder.ts';
import { readManifest } from './generations.ts';
import { numberDirty } from './sequencer.ts';
import { createSync } from './sync.ts';

const LEVEL: FieldId = 'field:0000000a';
const COLOUR: FieldId = 'field:0000000b';
const BORN: FieldId = 'field:0000000c';
const as = (role: Role) => ({ ...caller, userId: role, role });

let database: TestDatabase;
let deps: Deps;
beforeAll(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.query(
    'truncate document, contact, identifier, dirty, column_change, chunk, chunk_blob, generation restart identity',
  );
});

const field = (key: string, type: string, more: object = {}) => ({
  listName: 'Extra',
  listKey: 'EXTRA',
  key,
  label: key,
  type,
  personal: false,
  ...more,
});

async function push(kind: string, id: string, body: Record<string, unknown> | null, role: Role = 'admin') {
  const sync = createSync(deps);
  const known = (await pull('admin')).find((one) => one.id === id);
  const next: Envelope = {
    id,
    kind,
    schemaVersion: kind === 'contact-edit' || body?.computed ? 2 : 1,
    rev: known?.rev ?? 0,
    body: body ?? {},
    deleted: body === null,
    by: null,
    at: null,
  };
  const { epoch } = await sync.pull(caller, { epoch: null, after: 0, limit: 1 });
  const answer = await sync.push(as(role), { epoch, rows: [{ assumed: known ?? null, next }] });
  expect(answer.conflicts).toEqual([]);
  const [refusal] = answer.refusals;
  return refusal ? `${refusal.code} ${refusal.field ?? ''}: ${refusal.message}` : 'taken';
}
const pull = async (role: Role) =>
  (await createSync(deps).pull(as(role), { epoch: null, after: 0, limit: 2000, begun: 0 })).documents;

let edits = 0;
const edit = (contactId: number, id: FieldId, to: string | null, more: { from?: string; role?: Role } = {}) =>
  push('contact-edit', `edit-${++edits}`, { contactId, field: id, from: more.from ?? null, to, at: 1 }, more.role);

const newContact = (fields: Record<string, unknown> = {}) =>
  database.db.tx(async (tx) => {
    const values = { externalCustomerId: `c${Math.random()}` };
    return (await writeContact(tx, { values, fields }, { source: 'API', now: 0 })).id;
  });

async function build() {
  while ((await numberDirty(database.db)) > 0);
  await buildGeneration(deps);
  const client = new ColumnClient(database.db);
  const manifest = await readManifest(database.db);
  await client.take(manifest);
  return { client, hashes: new Map(manifest.chunks.map(({ table, index, hash }) => [`${table} ${index}`, hash])) };
}

const cellsOf = (client: ColumnClient, table: 'contactField' | 'contactFieldPersonal', id: number) =>
  client.rows(table).find(({ key }) => key === id)?.cells;

test('[EDIT-1] an edit of an additional field gives the contact its stored value, and the columns follow', async () => {
  const id = await newContact();
  expect(await push('contact-field', BORN, field('BORN', 'date', { personal: true }))).toBe('taken');
  expect(await push('contact-field', LEVEL, field('LEVEL', 'multiple', { allowedValues: ['Gold', 'İ'] }))).toBe(
    'taken',
  );
  expect(await edit(id, BORN, '1990-02-01')).toBe('taken');
  expect(await edit(id, LEVEL, 'İ\nGold')).toBe('taken');
  const [row] = await database.db.query('select fields, fields_fold from contact where id = $1', [id]);
  expect(row).toEqual({
    fields: { [BORN]: 7_336, [LEVEL]: ['Gold', 'İ'] },
    fields_fold: { [LEVEL]: ['gold', 'i̇'] },
  });
  const { client } = await build();
  await client.follow();
  expect(cellsOf(client, 'contactFieldPersonal', id)).toEqual({ [BORN]: 7_336 });
  expect(cellsOf(client, 'contactField', id)).toEqual({ [LEVEL]: 'Gold\u001Fİ' });
  expect(await edit(id, LEVEL, null, { from: 'Gold\nİ' })).toBe('taken');
  expect(await database.db.query('select fields, fields_fold from contact where id = $1', [id])).toEqual([
    { fields: { [BORN]: 7_336 }, fields_fold: {} },
  ]);
});

test('[REF-3] what does not fit a field is refused, and says why', async () => {
  const id = await newContact();
  await push('contact-field', BORN, field('BORN', 'date'));
  await push('contact-field', LEVEL, field('LEVEL', 'choice', { allowedValues: ['Gold'], required: true }));
  await push('contact-field', COLOUR, field('COLOUR', 'text', { readOnly: true }));
  expect(await edit(id, BORN, '31.02.1990')).toBe(`invalid_input ${BORN}: BORN is not a date, such as 2026-11-23.`);
  expect(await edit(id, LEVEL, null)).toBe(`invalid_input ${LEVEL}: LEVEL cannot be empty.`);
  expect(await edit(id, COLOUR, 'red')).toBe(
    `forbidden ${COLOUR}: COLOUR is filled in by other systems and cannot be edited here.`,
  );
  expect(await edit(id, 'field:00000099', 'x')).toBe('not_found field:00000099: This field no longer exists.');
});

test('[REF-3] a field keeps its type and privacy, and its key is its own', async () => {
  await push('contact-field', LEVEL, field('LEVEL', 'text'));
  expect(await push('contact-field', LEVEL, field('LEVEL', 'integer'))).toMatch(/^invalid_input type: /);
  expect(await push('contact-field', LEVEL, field('LEVEL', 'text', { personal: true }))).toMatch(
    /^invalid_input personal: /,
  );
  expect(await push('contact-field', COLOUR, field('LEVEL', 'text'))).toMatch(/^invalid_input key: /);
  expect(await push('contact-field', 'colour', field('COLOUR', 'text'))).toMatch(/^invalid_input id: /);
  expect(await push('contact-field', LEVEL, field('LEVEL', 'text', { label: 'Loyalty level' }))).toBe('taken');
  expect(await push('contact-field', LEVEL, null)).toBe('taken');
  expect(await push('contact-field', COLOUR, field('LEVEL', 'text'))).toBe('taken');
});

test('[EDIT-5] a value that another person had given waits in a review for both', async () => {
  const id = await newContact();
  await push('contact-field', COLOUR, field('COLOUR', 'decimal', { personal: true }));
  expect(await edit(id, COLOUR, '1.5', { role: 'marketer' })).toBe('taken');
  expect(await edit(id, COLOUR, '2,50', { role: 'admin' })).toBe('taken');
  const review = (await pull('admin')).find(({ kind }) => kind === 'review');
  expect(review?.body).toMatchObject({
    fields: [{ field: COLOUR, kept: '2.5', lost: '1.5', personal: true }],
    keptBy: 'admin',
    lostBy: 'marketer',
  });
});

test('[ROLE-2] [ROLE-3] personal fields are for those who see personal data; others edit and ask for the rest', async () => {
  const id = await newContact();
  await push('contact-field', COLOUR, field('COLOUR', 'text', { personal: true }));
  await push('contact-field', LEVEL, field('LEVEL', 'text'));
  const role = 'marketerNoPersonal';
  expect(await edit(id, COLOUR, 'red', { role })).toMatch(/^forbidden field: /);
  expect(await edit(id, LEVEL, 'Gold', { role })).toBe('taken');
  expect(await edit(id, COLOUR, 'zzsecret')).toBe('taken');
  expect(await push('contact-field', BORN, field('BORN', 'date'), role)).toMatch(/^forbidden /);
  await build();
  const sync = createSync(deps);
  const { chunks, tailFrom, epoch } = await sync.manifest(as(role));
  expect(chunks.map(({ table }) => table)).toEqual(['contact', 'contactField']);
  const tail = await sync.tail(as(role), { epoch, after: tailFrom, limit: 100 });
  expect(Object.keys(tail.rows)).not.toContain('contactFieldPersonal');
  expect(JSON.stringify([tail, await pull(role)])).not.toContain('zzsecret');
  expect((await pull(role)).filter(({ kind }) => kind === 'contact-edit').map(({ body }) => body.to)).toEqual(['Gold']);
  const segment = (asked: FieldId) => ({
    name: 'S',
    createdAt: 1,
    rule: { type: 'fieldText', field: asked, op: 'is', values: ['red'] },
  });
  expect(await push('segment', 's1', segment(COLOUR), role)).toMatch(/^forbidden rule: /);
  expect(await push('segment', 's2', segment(LEVEL), role)).toBe('taken');
});

test('[MAN-2] a field that comes or goes builds only the chunks in which somebody has a value of it', async () => {
  const id = await newContact({ [COLOUR]: 'red' });
  await database.db.query(`insert into contact (id, created_at, updated_at) values (70000, now(), now())`);
  const before = (await build()).hashes;
  await push('contact-field', LEVEL, field('LEVEL', 'integer'));
  const empty = (await build()).hashes;
  expect(empty).toEqual(before);
  await push('contact-field', COLOUR, field('COLOUR', 'text', { personal: true }));
  const { client, hashes } = await build();
  expect(cellsOf(client, 'contactFieldPersonal', id)).toEqual({ [COLOUR]: 'red' });
  expect([...hashes].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name)).toEqual([
    'contactFieldPersonal 0',
  ]);
  await push('contact-field', COLOUR, null);
  const after = await build();
  expect(cellsOf(after.client, 'contactFieldPersonal', id)).toEqual({});
  expect(after.hashes).toEqual(before);
});

const SPENT: FieldId = 'field:0-0000000d';
const spent = {
  source: { table: 'order', statuses: [] },
  aggregate: 'sum',
  value: { of: 'column', column: 'net' },
  days: null,
};

test('a computed field is taken only as one: its type follows, it stays computed, and nobody writes its values', async () => {
  const id = await newContact();
  const computed = field('SPENT', 'decimal', { computed: spent });
  expect(await push('contact-field', SPENT, { ...computed, type: 'integer' })).toMatch(/^invalid_input type: /);
  expect(await push('contact-field', SPENT, { ...computed, personal: true })).toMatch(/^invalid_input personal: /);
  expect(await push('contact-field', LEVEL, computed)).toMatch(/^invalid_input computed: /);
  expect(await push('contact-field', SPENT, field('SPENT', 'decimal'))).toMatch(/^invalid_input computed: /);
  const count = { ...spent, aggregate: 'count', value: null };
  expect(await push('contact-field', SPENT, computed)).toBe('taken');
  expect(await push('contact-field', SPENT, field('SPENT', 'integer', { computed: count }))).toMatch(
    /^invalid_input type: A field keeps its type/,
  );
  expect(await push('contact-field', SPENT, { ...computed, computed: { ...spent, days: 90 } })).toBe('taken');
  expect(await edit(id, SPENT, '5')).toBe(
    `invalid_input ${SPENT}: SPENT is worked out from events or orders and cannot be written.`,
  );
});

test('a computed field is no column: no chunk is built anew for it', async () => {
  await push('contact-field', BORN, field('BORN', 'date'));
  await newContact({ [BORN]: 1 });
  const before = await build();
  expect(await push('contact-field', SPENT, field('SPENT', 'decimal', { computed: spent }))).toBe('taken');
  const after = await build();
  expect(after.hashes).toEqual(before.hashes);
});
