import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { writeContact } from '#server/identity/write-contacts.ts';
import { must } from '#shared/kernel/assert.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { type ReviewBody, replacedReviewId } from '#shared/sync/review.schema.ts';
import type { pushInput } from '#shared/sync/wire.schema.ts';
import { createLocalWake } from '#tests/support/local-wake.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { readDocuments } from './document-store.ts';
import { pushDocuments } from './documents.ts';
import { readFeed } from './feed.ts';

let database: TestDatabase;
let epoch: string;
let names = 0;
const NOW = Date.UTC(2026, 10, 23);
const wake = createLocalWake();
const accepted = { conflicts: [], refusals: [], same: [] };

beforeAll(async () => {
  database = await createTestDatabase();
  epoch = (await readFeed(database.db)).epoch;
});
afterAll(() => database.drop());

type Row = z.infer<typeof pushInput>['rows'][number];
const push = (userId: string, ...rows: Row[]) =>
  pushDocuments({ db: database.db, now: () => NOW, wake }, { userId, role: 'admin' }, { epoch, rows });
const find = async (id: string) => (await readDocuments(database.db, [id])).get(id);
const document = (id: string, kind: string, body: Record<string, unknown>): Envelope => ({
  id,
  kind,
  schemaVersion: 1,
  rev: 0,
  body,
  deleted: false,
  by: null,
  at: null,
});
const edit = (contactId: number, field: string, from: string | null, to: string | null): Row => ({
  assumed: null,
  next: document(`edit-${names++}`, 'contact-edit', { contactId, field, from, to, at: NOW }),
});
const contact = async () => {
  const values = { email: `buyer${names++}@example.com`, firstName: 'Ann', country: 'GB' };
  return (await database.db.tx((tx) => writeContact(tx, { values }, { source: 'API', now: NOW }))).id;
};

test('[DOC-6] the server says who wrote a revision and when, whatever the client says', async () => {
  const next = document('s1', 'segment', { name: 'A', rule: { type: 'all', rules: [] }, createdAt: 1 });
  const before = Date.now();
  await push('hers', { assumed: null, next: { ...next, by: 'somebody else', at: 5 } });
  const stored = must(await find('s1'), 'segment');
  expect(stored.by).toBe('hers');
  expect(Math.abs(must(stored.at, 'a time') - before)).toBeLessThan(60_000);
  await push('his', { assumed: stored, next: { ...stored, body: { ...stored.body, name: 'B' } } });
  expect((await find('s1'))?.by).toBe('his');
});

test('[EDIT-5] an edit that replaced another person’s value unseen leaves a review for both', async () => {
  const id = await contact();
  const hers = edit(id, 'firstName', 'Ann', 'Anna');
  const his = edit(id, 'firstName', 'Ann', 'Anja');
  await push('hers', hers);
  expect(await push('his', his)).toEqual(accepted);
  const review = must(await find(replacedReviewId(his.next.id)), 'review');
  expect(review).toMatchObject({ kind: 'review', by: null, deleted: false });
  expect(review.body).toEqual({
    about: { kind: 'contact-edit', id: his.next.id, name: '', contactId: id },
    fields: [{ field: 'firstName', kept: 'Anja', lost: 'Anna', personal: true }],
    keptBy: 'his',
    lostBy: 'hers',
    at: NOW,
    reason: 'merge',
    settledBy: [],
  });
  // Sent again, it leaves no second one.
  await push('his', his);
  expect((await find(review.id))?.rev).toBe(review.rev);
  const country = edit(id, 'country', 'GB', 'FR');
  await push('hers', edit(id, 'country', 'GB', 'DE'));
  await push('his', country);
  expect((await find(replacedReviewId(country.next.id)))?.body.fields).toMatchObject([{ personal: false }]);
});

test('[EDIT-5] no review where nobody else’s edit was replaced unseen', async () => {
  const id = await contact();
  const twice = [edit(id, 'town', null, 'Kyiv'), edit(id, 'town', null, 'Lviv')];
  await push('hers', ...twice);
  const own = edit(id, 'town', 'Kyiv', 'Odesa');
  await push('hers', own);
  const seen = edit(id, 'town', 'Odesa', 'Bath');
  await push('his', seen);
  await database.db.query('update contact set town = $2, town_fold = $2 where id = $1', [id, 'imported']);
  const overImport = edit(id, 'town', 'Bath', 'York');
  await push('hers', overImport);
  for (const { next } of [...twice, own, seen, overImport]) {
    expect(await find(next.id)).toBeDefined();
    expect(await find(replacedReviewId(next.id))).toBeUndefined();
  }
});

const body = (part: Partial<ReviewBody> = {}): ReviewBody => ({
  about: { kind: 'segment', id: 's', name: 'S', contactId: null },
  fields: [{ field: 'name', kept: 'A', lost: 'B', personal: false }],
  keptBy: 'his',
  lostBy: 'hers',
  at: NOW,
  reason: 'merge',
  settledBy: [],
  ...part,
});

test('[REV-1] a review is written by one of the two it is about', async () => {
  const id = `review-${names++}`;
  const theirs = await push('stranger', { assumed: null, next: document(id, 'review', body()) });
  expect(theirs.refusals).toMatchObject([{ code: 'forbidden', field: 'keptBy' }]);
  const early = await push('his', { assumed: null, next: document(id, 'review', body({ settledBy: ['hers'] })) });
  expect(early.refusals).toMatchObject([{ code: 'forbidden', field: 'settledBy' }]);
  expect(await push('hers', { assumed: null, next: document(id, 'review', body()) })).toEqual(accepted);
});

test('[REV-2] each settles for themselves, and nobody changes or removes what a review says', async () => {
  const id = `review-${names++}`;
  await push('his', { assumed: null, next: document(id, 'review', body()) });
  const first = must(await find(id), 'review');
  const changed = (more: Partial<ReviewBody>): Row => ({ assumed: first, next: { ...first, body: body(more) } });
  const codes = async (userId: string, row: Row) => (await push(userId, row)).refusals.map(({ code }) => code);
  expect(await codes('his', changed({ settledBy: ['hers'] }))).toEqual(['forbidden']);
  expect(await codes('his', changed({ lostBy: 'stranger' }))).toEqual(['conflict']);
  expect(await codes('his', { assumed: first, next: { ...first, deleted: true } })).toEqual(['conflict']);
  expect(await push('hers', changed({ settledBy: ['hers'] }))).toEqual(accepted);
  // His copy is older: he merges, then settles.
  const answer = await push('his', changed({ settledBy: ['his'] }));
  const second = must(answer.conflicts[0], 'the server’s copy');
  const next = { ...second, body: body({ settledBy: ['hers', 'his'] }) };
  expect(await push('his', { assumed: second, next })).toEqual(accepted);
  expect((await find(id))?.body.settledBy).toEqual(['hers', 'his']);
});

test('[VER-5] the server keeps fields it does not know and the version the author wrote', async () => {
  const text = { name: ' A ', rule: { type: 'all', rules: [] }, createdAt: 1, later: { deep: [1, { x: 'y' }] } };
  await push('hers', { assumed: null, next: document('later', 'segment', text) });
  expect(await find('later')).toMatchObject({ schemaVersion: 1, body: { ...text, name: 'A' } });
  expect((await find('later'))?.body).not.toHaveProperty('live');
});
