/** What the documents of event types do to events of every door. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeDocument } from '#server/sync/document-store.ts';
import { eventTypeId } from '#shared/event/event-type.schema.ts';
import { openPublicApi, type PublicApiStage } from '#tests/support/public-api-stage.ts';
import { intakeRow } from './intake-row.ts';

let stage: PublicApiStage;
let database: PublicApiStage['database'];
let post: PublicApiStage['post'];
let work: PublicApiStage['work'];

beforeAll(async () => {
  stage = await openPublicApi();
  ({ database, post, work } = stage);
});
afterAll(() => stage.close());
beforeEach(() => database.db.query('truncate contact, identifier, event, event_mismatch'));

/** Each test has a type of its own: what a type says may be known for two seconds. */
const typed = (key: string, rules: object) =>
  database.db.tx((tx) => writeDocument(tx, 'event-type', eventTypeId(key), { key, parameters: [], ...rules }));

const contacts = () =>
  database.db.query('select email, town, first_name, fields from contact where deleted_at is null order by id');
const mismatches = () =>
  database.db.query('select type, parameter, given, refused, count from event_mismatch order by 1, 2, 3, 4');

const FIELD = 'field:0123abcd';
const declared = [
  { name: 'Total', required: true, type: 'number' },
  { name: 'note', required: false },
];

test('the API refuses what is not as declared, tells the structure, and every refusal is counted', async () => {
  await typed('paid', { declared });
  const who = { email: 'olena@shop.example' };
  const expected = { params: { Total: { required: true, type: 'number' }, note: { required: false } } };
  for (const [path, params] of [
    ['/api/v3/event', { ...who, note: 'x' }],
    ['/api/v2/event', [{ name: 'email', value: who.email }]],
    ['/api/v1/event', [{ name: 'email', value: who.email }]],
  ] as const) {
    expect(await post(path, { eventTypeKey: 'paid', params })).toMatchObject({
      status: 400,
      body: { ...expected, error: { code: 'invalid_input', field: 'params.Total' } },
    });
  }
  expect((await post('/api/v3/event', { eventTypeKey: 'paid', params: { ...who, total: 'much' } })).status).toBe(400);
  const past = (params: object) => ({ eventTypeKey: 'paid', params, occurred: '2026-01-01' });
  expect(
    await post('/api/v3/past_events', { events: [past(who), past({ ...who, total: '12.50' }), past(who)] }),
  ).toMatchObject({ status: 200, body: { accepted: 1, failedEvents: [{ index: 0 }, { index: 2 }] } });
  expect((await post('/api/v3/event', { eventTypeKey: 'paid', params: { ...who, TOTAL: 3 } })).status).toBe(200);
  await work();
  expect(await mismatches()).toEqual([
    { type: 'paid', parameter: 'Total', given: 'missing', refused: true, count: 5 },
    { type: 'paid', parameter: 'Total', given: 'text', refused: true, count: 1 },
  ]);
  expect(await database.db.query('select 1 from event')).toHaveLength(2);
});

test('other doors keep such an event as it came, and it is counted', async () => {
  await typed('tracked', { declared });
  const body = { values: { email: 'a@x.org' }, type: 'tracked', at: 0, keyValue: null, params: {}, source: 'Segment' };
  await stage.intake.append([intakeRow({ kind: 'event', body }), intakeRow({ kind: 'event', body })]);
  await work();
  expect(await database.db.query('select 1 from event')).toHaveLength(2);
  expect(await mismatches()).toEqual([
    { type: 'tracked', parameter: 'Total', given: 'missing', refused: false, count: 2 },
  ]);
});

test('parameters fill fields of the contact and say who it is; those of the past only who', async () => {
  const mapping = [
    { parameter: 'work_mail', field: 'email' },
    { parameter: 'city', field: 'town' },
    { parameter: 'sex', field: FIELD },
  ];
  const field = { listName: 'Extra', listKey: 'EXTRA', label: 'Sex', type: 'text', personal: false };
  await database.db.tx((tx) => writeDocument(tx, 'contact-field', FIELD, { ...field, key: 'SEX' }));
  await typed('signed', { mapping });
  const params = { Work_Mail: 'Iryna@x.org', CITY: 'Lviv', sex: 'Female', firstName: 'not a field by itself' };
  expect((await post('/api/v3/event', { eventTypeKey: 'signed', params })).status).toBe(200);
  await work();
  expect(await contacts()).toEqual([
    { email: 'Iryna@x.org', town: 'Lviv', first_name: null, fields: { [FIELD]: 'Female' } },
  ]);
  const old = { eventTypeKey: 'signed', params: { work_mail: 'Iryna@x.org', city: 'Odesa' }, occurred: '2020-01-01' };
  expect(await post('/api/v3/past_events', { events: [old] })).toMatchObject({ body: { accepted: 1 } });
  await work();
  expect(await contacts()).toMatchObject([{ email: 'Iryna@x.org', town: 'Lviv' }]);
  expect(await database.db.query('select distinct contact_id > 0 as known from event')).toEqual([{ known: true }]);
});

test('a type whose key begins like another’s is judged by its own document only', async () => {
  const key = `${'long '.repeat(20)}one`;
  await typed(key, { declared });
  const other = `${'long '.repeat(20)}other`;
  expect(eventTypeId(key)).toBe(eventTypeId(other));
  const params = { email: 'a@x.org' };
  expect((await post('/api/v3/event', { eventTypeKey: other, params })).status).toBe(200);
  expect((await post('/api/v3/event', { eventTypeKey: key, params })).status).toBe(400);
});
