import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createContactPort } from '#server/contacts/erase-contact.ts';
import { insertEvents } from '#server/intake/insert-events.ts';
import { countSegment } from '#server/segments/segments.ts';
import { unsubscribeAddresses } from '#server/subscriptions/addresses.ts';
import { applyContactEdits } from '#server/sync/contact-edits.ts';
import { readKeyRows } from '#server/sync/row-source.ts';
import type { Caller } from '#shared/api/ports.ts';
import { type Identifier, identifierKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { type ContactWrite, writeContact, writeContacts } from './write-contacts.ts';

const AT = Date.UTC(2026, 10, 1, 9);
const person: Caller = { userId: 'ann', email: 'ann@x.org', name: 'Ann', role: 'admin', sessionId: 's' };

let test_: TestDatabase | null = null;
const base = () => {
  if (!test_) throw new Error('the database is there');
  return test_.db;
};
beforeEach(async () => {
  await test_?.drop();
  test_ = await createTestDatabase();
  await test_.db.query(
    `insert into workspace (id, name, time_zone, currency, link_secret) values (1, 'Test', 'UTC', 'UAH', 'x') on conflict do nothing`,
  );
});
afterAll(() => test_?.drop());

const port = () => createContactPort(createTestDeps(base(), { now: () => AT }));
const cookie = (value: string): Identifier => ({ kind: 'webCookie', value });
const email = (value: string): Identifier => ({ kind: 'email', value });
const write = (values: ContactValues, identifiers: Identifier[] = [], more: Partial<ContactWrite> = {}) =>
  base().tx(async (tx) => (await writeContact(tx, { values, identifiers, ...more }, { source: 'API', now: AT })).id);

/** Somebody did something; answers their card. */
async function act(type: string, values: ContactValues, identifiers: Identifier[] = []): Promise<number> {
  return base().tx(async (tx) => {
    const { id } = await writeContact(tx, { values, identifiers }, { source: 'Event', now: AT });
    await insertEvents(tx, [{ owner: id, type, at: AT, keyValue: null, params: {}, source: 'API' }]);
    return id;
  });
}

/** Whose events are, as every device is told. */
async function history(): Promise<Record<string, number[]>> {
  const rows = await base().query<{ row_id: number }>('select row_id from event order by row_id');
  const found: Record<string, number[]> = {};
  for (const { cells } of await readKeyRows(
    base(),
    'event',
    rows.map(({ row_id }) => row_id),
  )) {
    const type = String(cells.type);
    found[type] = [...(found[type] ?? []), Number(cells.contactId)].sort((a, b) => a - b);
  }
  return found;
}
const living = async () =>
  (await base().query<{ id: number }>('select id from contact where deleted_at is null order by id')).map(
    ({ id }) => id,
  );
const one = async (id: number) => (await base().query('select * from contact where id = $1', [id]))[0];
const leads = async (id: number) =>
  (
    await base().query<{ k: string }>(
      `select kind || ':' || value as k from identifier where contact_id = $1 order by 1`,
      [id],
    )
  ).map(({ k }) => k);

test('a household that shares an address: both cards live, and the address is one for suppression', async () => {
  const mother = await write({ externalCustomerId: 'M', email: 'family@x.org', firstName: 'Maria' });
  const son = await write({ externalCustomerId: 'S', email: 'family@x.org', firstName: 'Serhii' });
  expect(await living()).toEqual([mother, son]);
  await base().tx((tx) => unsubscribeAddresses(tx, ['family@x.org'], { source: 'person', at: AT }));
  expect(await one(mother)).toMatchObject({ email_status: 'unsubscribed' });
  expect(await one(son)).toMatchObject({ email_status: 'unsubscribed' });
  expect(await write({ email: 'family@x.org', externalCustomerId: 'S', town: 'Lviv' })).toBe(son);
});

test('a recycled phone number: who has it now and another email is somebody else', async () => {
  const before = await write({ email: 'old@x.org', phone: '+380501112233', firstName: 'Old' });
  const now = await write({ email: 'new@x.org', phone: '+380501112233', firstName: 'New' });
  expect(now).not.toBe(before);
  expect(await one(before)).toMatchObject({ email: 'old@x.org', first_name: 'Old' });
  expect((await port().duplicates(person, null)).pairs).toMatchObject([
    { older: { id: before }, newer: { id: now }, shared: { kind: 'phone' }, sameName: false },
  ]);
});

test('guest checkout and later registration: one card with both, which gets the External ID', async () => {
  const guest = await act('checkout', { email: 'guest@x.org', phone: '+380501112234' }, [cookie('k1')]);
  const member = await act('registered', { externalCustomerId: 'R1', email: 'Guest@x.org' }, [cookie('k1')]);
  expect(member).toBe(guest);
  expect(await one(guest)).toMatchObject({ external_customer_id: 'R1', phone: '+380501112234' });
});

test('a guest known by the phone and one known by the External ID are one when a registration names both', async () => {
  const byPhone = await act('checkout', { phone: '+380501112235', firstName: 'Olha' });
  const byId = await act('signed up', { externalCustomerId: 'R2' });
  expect(await act('profile', { externalCustomerId: 'R2', phone: '+380501112235' })).toBe(byId);
  expect(await living()).toEqual([byId]);
  expect(await one(byId)).toMatchObject({ phone: '+380501112235', first_name: 'Olha' });
  expect(await history()).toEqual({ 'muster.merged': [byId], checkout: [byId], 'signed up': [byId], profile: [byId] });
  expect(byPhone).not.toBe(byId);
});

test('sign-out on a shared computer: the cookie moves, and the history before it stays whose it was', async () => {
  const ann = await act('ann browses', { externalCustomerId: 'A', email: 'a@x.org' }, [cookie('shared')]);
  const bob = await act('bob signs in', { externalCustomerId: 'B', email: 'b@x.org' }, [cookie('shared')]);
  expect(await act('after that', {}, [cookie('shared')])).toBe(bob);
  expect(await living()).toEqual([ann, bob]);
  expect(await history()).toEqual({ 'ann browses': [ann], 'bob signs in': [bob], 'after that': [bob] });
  expect(await leads(ann)).not.toContain('webCookie:shared');
});

test('one cart on two devices: when the person signs in on both, all of it is theirs', async () => {
  const phone = await act('cart on the phone', {}, [{ kind: 'mobileToken', value: 'p' }]);
  const laptop = await act('cart on the laptop', {}, [cookie('l')]);
  expect(phone).not.toBe(laptop);
  const first = await act('signs in', { externalCustomerId: 'C' }, [cookie('l')]);
  const second = await act('signs in there too', { externalCustomerId: 'C' }, [{ kind: 'mobileToken', value: 'p' }]);
  expect(second).toBe(first);
  expect(await living()).toEqual([first]);
  expect(new Set(Object.values(await history()).flat())).toEqual(new Set([first]));
});

test('an External ID that the shop changed: two cards, until a person says that they are one; then both IDs lead to it', async () => {
  const old = await write({ externalCustomerId: 'OLD', email: 'kim@x.org', firstName: 'Kim' });
  const moved = await write({ externalCustomerId: 'NEW', email: 'kim@x.org', town: 'Lviv' });
  expect(moved).not.toBe(old);
  expect(await port().previewMerge(person, { contactId: moved, otherId: old })).toMatchObject({
    survivor: { id: old },
    twoExternalIds: true,
    fields: expect.arrayContaining([{ field: 'town', survivor: null, merged: 'Lviv', result: 'Lviv' }]),
  });
  expect(await port().merge(person, { contactId: moved, otherId: old })).toMatchObject({ survivor: old });
  for (const externalCustomerId of ['OLD', 'NEW']) expect(await write({ externalCustomerId })).toBe(old);
  expect(await one(old)).toMatchObject({ external_customer_id: 'OLD', town: 'Lviv' });
});

test('erase, then re-import: nobody comes back by a file or a call, only by their own act', async () => {
  const id = await write({ externalCustomerId: 'E', email: 'erase@x.org' }, [cookie('e')]);
  await write({ externalCustomerId: 'F', email: 'partner@x.org' });
  await port().erase(person, id);
  const again = await base().tx((tx) =>
    writeContacts(
      tx,
      [
        { values: { email: 'erase@x.org' } },
        { values: { externalCustomerId: 'E2', email: 'erase@x.org' } },
        { values: { email: 'partner@x.org', firstName: 'Partner' }, identifiers: [email('erase@x.org')] },
        { values: {}, identifiers: [cookie('e')] },
        { values: { email: 'other@x.org' } },
      ],
      { source: 'Import', now: AT },
    ),
  );
  expect(again.refused).toEqual([0, 1, 3]);
  expect(again.ids.map((one) => one === 0)).toEqual([true, true, false, true, false]);
  expect(await leads(again.ids[2] ?? 0)).not.toContain('email:erase@x.org');
  const stored = await base().query<{ hash: string }>('select hash from erased_identifier');
  expect(stored.map(({ hash }) => hash).join()).not.toContain('erase');
  const back = await write({ email: 'erase@x.org' }, [], { freshAct: true });
  expect(back).not.toBe(id);
  expect(await write({ email: 'erase@x.org', firstName: 'Again' })).toBe(back);
});

test('erasing a card erases what was merged into it', async () => {
  const a = await act('by phone', { phone: '+380501112236', firstName: 'Secretname' });
  const b = await act('by id', { externalCustomerId: 'G' });
  await write({ externalCustomerId: 'G', phone: '+380501112236' });
  await port().erase(person, b);
  expect(await base().query('select id from contact where id = any($1)', [[a, b]])).toEqual([]);
  expect(await base().query('select * from contact_merge')).toEqual([]);
  expect(await base().query('select * from contact_alias')).toEqual([]);
});

test('several emails: a further one leads to the card, takes the place of a cleared primary one, and may become it', async () => {
  const id = await write({ email: 'first@x.org' }, [email('second@x.org'), email('third@x.org')]);
  expect(await write({ email: 'second@x.org' })).toBe(id);
  expect(await leads(id)).toEqual(['email:first@x.org', 'email:second@x.org', 'email:third@x.org']);
  await write({ email: 'third@x.org' }, [], { contactId: id });
  expect(await one(id)).toMatchObject({ email: 'third@x.org' });
  expect(await leads(id)).toContain('email:second@x.org');
  await write({ email: null }, [], { contactId: id });
  expect((await one(id))?.email_fold).toMatch(/^(first|second)@x\.org$/);
  expect(await leads(id)).not.toContain('email:third@x.org');
});

test('a deleted contact is out of sight until it is restored; another may have its External ID by then', async () => {
  const id = await write({ externalCustomerId: 'D', email: 'd@x.org' }, [cookie('d')]);
  await port().remove(person, id);
  expect(await living()).toEqual([]);
  expect(await port().deleted(person)).toMatchObject([{ id, email: 'd@x.org' }]);
  const other = await write({ externalCustomerId: 'D' });
  expect(other).not.toBe(id);
  await port().restore(person, id);
  expect(await living()).toEqual([id, other]);
  expect(await one(id)).toMatchObject({ external_customer_id: null, email: 'd@x.org' });
  expect(await leads(id)).toEqual(['email:d@x.org', 'webCookie:d']);
  await port().remove(person, id);
  expect(await write({ email: 'd@x.org' }, [], { restoreDeleted: true })).toBe(id);
});

test('what a person took apart stays apart', async () => {
  const a = await write({ phone: '+380501112237' });
  const b = await write({ externalCustomerId: 'K' });
  expect(await write({ externalCustomerId: 'K', phone: '+380501112237' })).toBe(b);
  const [merge] = await port().merges(person, b);
  expect(merge).toMatchObject({ survivor: b, merged: { id: a }, cause: 'automatic', byKind: 'phone' });
  await port().undoMerge(person, merge?.id ?? 0);
  expect(await living()).toEqual([a, b]);
  await write({ externalCustomerId: 'K', phone: '+380501112237' });
  expect(await living()).toEqual([a, b]);
  expect((await port().duplicates(person, null)).pairs).toEqual([]);
  await expect(port().undoMerge(person, merge?.id ?? 0)).rejects.toMatchObject({ code: 'conflict' });
});

test('segments count the history of merged cards for their survivor', async () => {
  const a = await act('bought', { phone: '+380501112238' });
  const b = await act('bought', { externalCustomerId: 'T' });
  const twice: Rule = {
    type: 'activity',
    source: { table: 'event', eventType: 'bought' },
    period: null,
    measure: 'count',
    op: 'atLeast',
    value: 2,
    window: null,
  };
  expect(await countSegment(base(), twice, AT)).toBe(0);
  await port().merge(person, { contactId: a, otherId: b });
  expect(await history()).toEqual({ bought: [b, b], 'muster.merged': [b] });
  expect(await countSegment(base(), twice, AT)).toBe(1);
});

test('who edits or writes a card by its number after it was merged means the card that stays', async () => {
  const a = await write({ phone: '+380501112239' });
  const b = await write({ externalCustomerId: 'V' });
  await port().merge(person, { contactId: a, otherId: b });
  const edit = { contactId: a, field: 'town', from: null, to: 'Odesa', at: AT } as const;
  const outcomes = await base().tx((tx) =>
    applyContactEdits(tx, new Map([['edit', edit]]), { now: AT, isNew: async () => () => true }),
  );
  expect(outcomes.get('edit')).toMatchObject({ ok: true });
  expect(await write({ firstName: 'Vira' }, [], { contactId: a })).toBe(b);
  expect(await one(b)).toMatchObject({ town: 'Odesa', first_name: 'Vira' });
});

test('one by one through the database, or all in one batch in memory: the same people, each led to by the same', async () => {
  const any = fc
    .tuple(fc.constantFrom(...identifierKinds.filter((kind) => kind !== 'phone')), fc.integer({ min: 1, max: 3 }))
    .map(([kind, at]): Identifier => ({ kind, value: kind === 'email' ? `e${at}@x.org` : `${kind}${at}` }));
  const happening = fc.array(any, { minLength: 1, maxLength: 4 }).map((list): ContactWrite => {
    const identifiers = [...new Map(list.map((one) => [one.kind, one])).values()];
    const address = identifiers.find(({ kind }) => kind === 'email')?.value;
    return { values: { email: address }, identifiers };
  });
  const live = async (batches: ContactWrite[][]): Promise<unknown> => {
    await base().query('truncate contact, identifier, contact_alias, contact_merge, dirty');
    const ids: number[] = [];
    for (const batch of batches) {
      const written = await base().tx((tx) => writeContacts(tx, batch, { source: 'API', now: AT }));
      ids.push(...written.ids);
    }
    const aliases = await base().query<{ id: number; survivor: number }>('select id, survivor from contact_alias');
    const now = new Map(aliases.map(({ id, survivor }) => [id, survivor]));
    const whose = ids.map((id) => now.get(id) ?? id);
    const leading = await base().query<{ kind: string; value: string; contact_id: number }>(
      'select kind, value, contact_id from identifier order by 1, 2, 3',
    );
    // Cards by the first thing that was done: their numbers differ where a batch made fewer.
    const name = (id: number) => whose.indexOf(id);
    return {
      people: whose.map(name),
      leading: leading.map((row) => `${row.kind}:${row.value} ${name(row.contact_id)}`).sort(),
    };
  };
  const of = (...identifiers: Identifier[]): ContactWrite => ({
    values: { email: identifiers.find(({ kind }) => kind === 'email')?.value },
    identifiers,
  });
  const email = (value: string): Identifier => ({ kind: 'email', value });
  const [one, other] = [email('e1@x.org'), email('e2@x.org')];
  const id: Identifier = { kind: 'externalCustomerId', value: 'x1' };
  const loyal: Identifier = { kind: 'loyaltyNumber', value: 'l1' };
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 2, maxLength: 10 }), async (writes) => {
      const single = await live(writes.map((write) => [write]));
      expect(await live([writes])).toEqual(single);
    }),
    {
      numRuns: 40,
      // Once a card of the batch that became another's took its own email along into nowhere.
      examples: [[[of(one), of(other, id), of(one, id)]], [[of(one), of(other, loyal), of(one, loyal)]]],
    },
  );
}, 120_000);

/** Everything that is stored of the cards, apart from when it was touched and who is kept apart. */
async function snapshot(): Promise<unknown> {
  const contacts = await base().query(
    `select id, external_customer_id, email, email_fold, phone, first_name, town, fields, email_status, deleted_at
       from contact order by id`,
  );
  const identifiers = await base().query('select kind, value, contact_id, source from identifier order by 1, 2, 3');
  const aliases = await base().query('select id, survivor from contact_alias order by id');
  const lists = await base().query('select contact_id, list_id, state from membership order by 1, 2');
  return { contacts, identifiers, aliases, lists, history: await history() };
}

test('undoing merges in the reverse order gives back exactly what was, step by step, chains and all', async () => {
  const card = fc.record({
    values: fc.record(
      {
        firstName: fc.constantFrom('Ann', 'Bo'),
        town: fc.constantFrom('Lviv', 'Kyiv'),
        phone: fc.constantFrom('+380501112240', '+380501112241'),
      },
      { requiredKeys: [] },
    ),
    email: fc.option(fc.constantFrom('a@x.org', 'b@x.org'), { nil: undefined }),
    fields: fc.dictionary(fc.constantFrom('f1', 'f2'), fc.constantFrom('x', 'y'), { maxKeys: 2 }),
    lists: fc.subarray(['l1', 'l2']),
    unsubscribed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(card, { minLength: 4, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 2, maxLength: 4 }),
      async (cards, pairs) => {
        await base().query(
          'truncate contact, identifier, contact_alias, contact_merge, membership, event, dirty restart identity',
        );
        const ids: number[] = [];
        for (const [at, { values, email: address, fields, lists, unsubscribed }] of cards.entries()) {
          const id = await base().tx(async (tx) => {
            const write: ContactWrite = {
              values: { ...values, externalCustomerId: `U${at}` },
              identifiers: [...(address ? [email(address)] : []), cookie(`c${at}`)],
              fields,
              matchOn: ['externalCustomerId'],
            };
            const made = await writeContact(tx, write, { source: 'API', now: AT });
            await insertEvents(tx, [
              { owner: made.id, type: 'was', at: AT, keyValue: null, params: {}, source: 'API' },
            ]);
            return made.id;
          });
          ids.push(id);
          await base().query(
            `insert into membership (contact_id, list_id, row_id, state, since, source)
             select $1, l, nextval('membership_row_seq'), $3, now(), 'API' from unnest($2::text[]) as l`,
            [id, lists, unsubscribed ? 'unsubscribed' : 'subscribed'],
          );
        }
        const states = [await snapshot()];
        const merges: number[] = [];
        for (const [a, b] of pairs) {
          try {
            const asked = { contactId: ids[a] ?? 0, otherId: ids[b] ?? 0 };
            merges.push((await port().merge(person, asked)).mergeId);
            states.push(await snapshot());
          } catch (error) {
            // The same card twice, by now or from the beginning.
            expect(error).toMatchObject({ code: 'conflict' });
          }
        }
        for (const mergeId of merges.reverse()) {
          states.pop();
          await port().undoMerge(person, mergeId);
          expect(await snapshot()).toEqual(states.at(-1));
        }
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
