/**
 * Every string of the Big List of Naughty Strings through every door: each is answered 2xx or 4xx with a stable code, what
 * was accepted is stored as it came, and what is refused takes nothing else with it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { fold, storableText } from '#shared/kernel/fold.ts';
import { failures, kept, type NaughtyStage, NOTE, SITE, startNaughtyStage, strings } from './naughty-stage.ts';

let stage: NaughtyStage;
beforeAll(async () => {
  stage = await startNaughtyStage();
});
afterAll(() => stage?.stop());

const all = strings.map((text, n) => ({ text, n }));
/** Longer names are told apart by what comes first. */
const nameOf = (text: string): string => `p ${text}`.slice(0, 200);
const stored = (text: string): string => storableText(text);
const params = z.record(z.string(), z.unknown());

/** Events whose parameter `n` starts with the mark, by it. */
async function eventsOf(mark: string): Promise<Map<string, { key: string; params: z.infer<typeof params> }>> {
  const rows = await stage.database.db.query<{ key: string; params: z.infer<typeof params> }>(
    `select t.key, e.params from event e join event_type t on t.id = e.type_id where e.params ->> 'n' like $1`,
    [`${mark}%`],
  );
  const found = new Map(rows.map((row) => [String(row.params.n), row]));
  // Nothing twice.
  expect(rows.length).toBe(found.size);
  return found;
}

const rejectedOf = (json: unknown): Set<number> =>
  new Set(
    z
      .object({ rejected: failures })
      .parse(json)
      .rejected.map(({ index }) => index),
  );

/** Sends the same in batches; answers the places of what was refused. */
async function inBatches(size: number, send: (part: typeof all) => Promise<{ status: number; json: unknown }>) {
  const refused = new Set<number>();
  for (let from = 0; from < all.length; from += size) {
    const { status, json } = await send(all.slice(from, from + size));
    expect({ status, json }).toEqual({ status: 200, json });
    if (json !== null) for (const at of rejectedOf(json)) refused.add(from + at);
  }
  return refused;
}

test('orders: names, categories, items and what else they say; ids of orders and of stores', async () => {
  const order = (externalOrderId: string, text: string) => ({
    externalOrderId,
    date: '2026-11-01T10:00:00Z',
    status: 'DELIVERED',
    [nameOf(text)]: text,
    items: [{ externalItemId: 'known', name: text, category: text, quantity: 1, cost: 2, more: text }],
  });
  const plain = all.map(({ text, n }) => ({ ...order(`o${n}`, text), externalCustomerId: `oc${n}`, firstName: text }));
  const { status, json } = await stage.post('/api/v1/orders', { orders: plain });
  expect({ status, json }).toMatchObject({ status: 200, json: { failedOrders: [] } });
  const ids = all.map(({ text, n }) => ({
    ...order(text, text),
    storeId: `s${n}`,
    items: [{ externalItemId: text, name: 'x', quantity: 1, cost: 2 }],
  }));
  const byId = await stage.post('/api/v1/orders', { orders: ids });
  expect(byId.status).toBe(200);
  const failed = z.object({ failedOrders: failures }).parse(byId.json).failedOrders;
  const refused = new Set(failed.map(({ index }) => index));
  for (const { text, n } of all) expect({ text, refused: refused.has(n) }).toEqual({ text, refused: isNoId(text) });
  await stage.settled();
  const rows = await stage.database.db.query<{ id: string; name: string; category: string | null; first: string }>(
    `select o.external_order_id as id, l.external_item_id as item, l.name, l.category, l.extra ->> 'more' as more,
       o.extra, c.first_name as first
     from orders o join order_line l on l.contact_id = o.contact_id and l.order_row_id = o.row_id
     left join contact c on c.id = o.contact_id`,
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const { text, n } of all) {
    expect(found.get(`o${n}`)).toEqual({
      ...{ id: `o${n}`, item: 'known', name: stored(text).trim(), category: stored(text) || null, more: stored(text) },
      extra: { [stored(nameOf(text))]: stored(text) },
      first: stored(text).trim().length > 500 ? null : kept(text),
    });
    const id = `s${n}/${kept(text)}`;
    if (!refused.has(n)) expect(found.get(id)).toMatchObject({ id, item: kept(text) });
  }
  expect(rows.length).toBe(all.length * 2 - refused.size);
});

/** Lengths are counted in characters, not in the halves of which some consist. */
const isNoId = (text: string): boolean => text.trim() === '' || [...text.trim()].length > 200;

const groupOf = (text: string): string => `g ${text}`.slice(0, 120);

test('signing up: names, groups and forms', async () => {
  const refused = await stage.postEach(
    '/api/v1/contact/subscribe',
    all.map(({ text, n }) => ({
      contact: { externalCustomerId: `f${n}`, firstName: text },
      // Every list is made under one lock: some are enough here, all are made below.
      groups: n % 8 === 0 ? [groupOf(text)] : ['one'],
      formType: text.slice(0, 100),
    })),
  );
  for (const { text, n } of all) {
    expect({ text, refused: refused.has(n) }).toEqual({ text, refused: stored(text).trim().length > 500 });
  }
  const rows = await stage.database.db.query<{ id: string; first: string | null; groups: string[] }>(
    `select c.external_customer_id as id, c.first_name as first, array_agg(d.body ->> 'name') as groups
       from contact c join membership m on m.contact_id = c.id join document d on d.id = m.list_id
      where c.external_customer_id ~ '^f\\d+$' group by 1, 2`,
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  expect(found.size).toBe(all.length - refused.size);
  for (const { text, n } of all) {
    if (refused.has(n)) continue;
    const group = n % 8 === 0 ? fold(stored(groupOf(text)).trim()) : 'one';
    expect(found.get(`f${n}`)).toMatchObject({ first: kept(text) });
    expect(found.get(`f${n}`)?.groups.map(fold)).toEqual([group]);
  }
  const [told] = await stage.database.db.query<{ n: number }>(
    `select count(*)::int as n from event e join event_type t on t.id = e.type_id where t.key like 'subscribeFromApi%'`,
  );
  expect(told?.n).toBe(found.size);
});

/** Names of groups as the API takes them, and how they are found again: whatever their case. */
const groupNames = strings.map((text) => text.slice(0, 110)).filter((text) => text.trim() !== '');
const folded = (names: readonly string[]): string[] =>
  [...new Set(names.map((name) => fold([...stored(name).trim()].slice(0, 120).join('').trim())))].sort();

async function groupsOf(id: string): Promise<string[]> {
  const rows = await stage.database.db.query<{ name: string }>(
    `select d.body ->> 'name' as name from contact c join membership m on m.contact_id = c.id
       join document d on d.id = m.list_id where c.external_customer_id = $1`,
    [id],
  );
  return rows.map(({ name }) => name);
}

test('names of groups of bulk contacts', async () => {
  for (let from = 0; from < groupNames.length; from += 100) {
    const body = { contacts: [{ externalCustomerId: 'grouped' }], groupNames: groupNames.slice(from, from + 100) };
    expect(await stage.post('/api/v1/contacts', body)).toMatchObject({ status: 200, json: { failedContacts: [] } });
  }
  await stage.settled();
  const groups = await groupsOf('grouped');
  expect(groups.map(fold).sort()).toEqual(folded(groupNames));
});

test('Segment: traits, events, properties and ids', async () => {
  const messages = ({ text, n }: (typeof all)[number]) => [
    { type: 'identify', userId: `si${n}`, traits: { n: `si${n}`, firstName: text, [nameOf(text)]: text } },
    { type: 'track', userId: `st${n}`, event: text, properties: { n: `st${n}`, [nameOf(text)]: text } },
    { type: 'track', userId: text, anonymousId: text, event: 'x', properties: { n: `su${n}` } },
  ];
  const refused = new Set<number>();
  for (let from = 0; from < all.length; from += 100) {
    const batch = all.slice(from, from + 100).flatMap(messages);
    const { status, json } = await stage.post('/v1/batch', { batch });
    expect({ status, json }).toEqual({ status: 200, json });
    for (const { index } of z.object({ rejected: z.array(z.object({ index: z.int() })) }).parse(json).rejected) {
      refused.add(from * 3 + index);
    }
  }
  await stage.settled();
  const [identified, tracked, named] = [await eventsOf('si'), await eventsOf('st'), await eventsOf('su')];
  for (const { text, n } of all) {
    expect({ text, refused: refused.has(n * 3) }).toEqual({ text, refused: false });
    expect(identified.get(`si${n}`)?.params[stored(nameOf(text))]).toBe(stored(text));
    expect({ text, refused: refused.has(n * 3 + 1) }).toEqual({ text, refused: isNoId(text) });
    if (!refused.has(n * 3 + 1)) {
      expect(tracked.get(`st${n}`)?.key).toBe(kept(text));
      expect(tracked.get(`st${n}`)?.params[stored(nameOf(text))]).toBe(stored(text));
    }
    if (!refused.has(n * 3 + 2)) expect(named.has(`su${n}`)).toBe(true);
    else expect(text.trim() === '' || [...text].length > 500).toBe(true);
  }
});

test('CloudEvents: types, sources, ids, subjects and data', async () => {
  const refused = new Set<number>();
  const events = all.map(({ text, n }) => ({
    specversion: '1.0',
    ...{ id: `${n} ${text}`.slice(0, 1_000), source: text, type: text, subject: `c${n} ${text}`.slice(0, 400) },
    ...{ externalcustomerid: `ce${n}`, note: text },
    data: { n: `ce${n}`, [nameOf(text)]: text },
  }));
  const { status, json } = await stage.post('/api/cloudevents', events, {
    'content-type': 'application/cloudevents-batch+json',
  });
  expect({ status, json }).toMatchObject({ status: 200, json: {} });
  for (const at of rejectedOf(json)) refused.add(at);
  await stage.settled();
  const found = await eventsOf('ce');
  expect(found.size).toBe(all.length - refused.size);
  for (const { text, n } of all) {
    expect({ text, refused: refused.has(n) }).toEqual({ text, refused: text === '' || [...text].length > 200 });
    if (refused.has(n)) continue;
    expect(found.get(`ce${n}`)?.params).toMatchObject({
      [stored(nameOf(text))]: stored(text),
      cloudEvent: { source: stored(text), note: stored(text) },
    });
    expect(found.get(`ce${n}`)?.key).toBe(stored(text));
  }
});

test('the mobile SDK: attributes, fields, lists, events and their parameters', async () => {
  const key = { 'x-reteno-access-key': '' };
  for (let from = 0; from < all.length; from += 20) {
    const answers = await Promise.all(
      all.slice(from, from + 20).map(({ text, n }) =>
        stage.post(
          '/api/v1/user',
          {
            ...{ deviceId: `m${n}`, externalUserId: `mu${n}` },
            userAttributes: {
              firstName: text,
              n: `mu${n}`,
              [nameOf(text)]: text,
              fields: [{ key: 'NOTE', value: text }],
            },
            groupNamesInclude: n === 0 ? strings : [],
          },
          key,
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  }
  const refused = await inBatches(1_000, (part) =>
    stage.post(
      '/api/v1/events',
      {
        deviceId: 'm',
        events: part.map(({ text, n }) => ({
          eventTypeKey: text,
          params: [
            { name: 'n', value: `me${n}` },
            { name: nameOf(text), value: text },
          ],
        })),
      },
      key,
    ),
  );
  await stage.settled();
  expect((await groupsOf('mu0')).map(fold).sort()).toEqual(folded(strings.filter((text) => text.trim() !== '')));
  const [users, events] = [await eventsOf('mu'), await eventsOf('me')];
  const rows = await stage.database.db.query<{ id: string; first: string | null; note: string | null }>(
    `select external_customer_id as id, first_name as first, fields ->> '${NOTE}' as note from contact
      where external_customer_id ~ '^mu\\d+$'`,
  );
  const contacts = new Map(rows.map((row) => [row.id, row]));
  for (const { text, n } of all) {
    expect(users.get(`mu${n}`)?.params[stored(nameOf(text))]).toBe(stored(text));
    const isLong = stored(text).trim().length > 500;
    expect(contacts.get(`mu${n}`)).toMatchObject({ first: isLong ? null : kept(text) });
    expect({ text, refused: refused.has(n) }).toEqual({ text, refused: isNoId(text) });
    if (refused.has(n)) continue;
    expect(events.get(`me${n}`)?.key).toBe(kept(text));
    expect(events.get(`me${n}`)?.params[stored(nameOf(text))]).toBe(stored(text));
  }
});

test('the tracker: names, cookies, who it is said to be, and what the event says', async () => {
  const refused = await inBatches(100, (part) =>
    stage.post(
      '/api/v2',
      part.map(({ text, n }) => ({
        GeneralInfo: {
          ...{ siteId: SITE, eventName: text, cookies: { sc: text }, messageId: `${n} ${text}`.slice(0, 200) },
          user_name: text,
        },
        beside: text,
        n: `w${n}`,
        // The one name that no JSON may have.
        ...(text === '__proto__' ? {} : { [text]: { n: `w${n}`, [nameOf(text)]: text } }),
      })),
    ),
  );
  await stage.settled();
  const found = await eventsOf('w');
  expect(found.size).toBe(all.length - refused.size);
  for (const { text, n } of all) {
    expect({ text, refused: refused.has(n) }).toEqual({ text, refused: isNoId(text) });
    if (refused.has(n)) continue;
    expect(found.get(`w${n}`)?.key).toBe(kept(text));
    expect(found.get(`w${n}`)?.params).toMatchObject({ beside: stored(text), n: `w${n}` });
  }
});
