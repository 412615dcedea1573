import { expect, test } from 'vitest';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { type HeldCopy, isHeld, lostReviews, lostTexts } from './lost-texts.ts';

const segment = (id: string, rev: number, body: Record<string, unknown>, by: string | null = 'me'): HeldCopy => ({
  id,
  kind: 'segment',
  schemaVersion: 1,
  rev,
  body: { name: 'Buyers', ...body },
  by,
  at: 1000 + rev,
  edited: 0,
  removed: false,
});
const edit = (id: string, rev: number, to: string | null, field = 'town'): HeldCopy => ({
  ...segment(id, rev, {}),
  kind: 'contact-edit',
  body: { contactId: 7, field, from: 'Leeds', to, at: 1 },
});
const master = (copy: HeldCopy, change: Partial<Envelope>): Envelope => {
  const { edited: _e, removed: _r, ...rest } = copy;
  return { ...rest, deleted: false, ...change };
};
/** The backup reached revision 10. */
function lost(copies: HeldCopy[], ...masters: Envelope[]) {
  const byId = new Map(masters.map((one) => [one.id, one]));
  const held = copies.map((copy) => ({ copy, epoch: 'abcdefghijkl' }));
  return lostTexts(held, { epoch: '0123456789abcdef', epochFrom: 10, masters: byId, userId: 'me' });
}

test('[EPOCH-2] a text the server knew only after the backup is kept with what differs', () => {
  const mine = segment('a', 12, { name: 'New', description: 'same' });
  const [review, ...more] = lost([mine], master(mine, { rev: 4, body: { name: 'Old', description: 'same' } }));
  expect(more).toEqual([]);
  expect(review).toEqual({
    id: 'restored:01234567:abcdefgh:c:me',
    body: {
      about: { kind: 'segment', id: 'a', name: 'New', contactId: null },
      fields: [{ field: 'name', kept: 'Old', lost: 'New', personal: false }],
      keptBy: null,
      lostBy: 'me',
      at: 1012,
      reason: 'restored',
      settledBy: [],
    },
  });
});

test('[EPOCH-2] a document the server has not at all is kept whole, whoever wrote it', () => {
  const [review] = lost([segment('a', 12, { description: 'text' }, 'somebody')]);
  expect(review?.body).toMatchObject({ keptBy: 'me', lostBy: null });
  expect(review?.body.fields).toEqual([
    { field: 'name', kept: null, lost: 'Buyers', personal: false },
    { field: 'description', kept: null, lost: 'text', personal: false },
  ]);
});

test('[EPOCH-2] what the restored server knew already is its own, also when it has changed or deleted it since', () => {
  const old = segment('a', 10, { description: 'older' });
  expect(lost([old])).toEqual([]);
  expect(lost([old], master(old, { rev: 14, body: { name: 'Changed since' } }))).toEqual([]);
});

test('[EPOCH-2] a text that somebody took back already is not told again', () => {
  const copy = segment('a', 12, { description: 'text' });
  expect(lost([copy], master(copy, { rev: 11 }))).toEqual([]);
});

test('[EPOCH-2] a text lost although the server has written a higher revision since is still found', () => {
  const copy = segment('a', 12, { description: 'mine' });
  expect(lost([copy], master(copy, { rev: 60, body: { name: 'Buyers', description: 'theirs' } }))).toHaveLength(1);
});

test('[EPOCH-2] what was lost in two restores is kept twice: the same revision was another text', () => {
  const held = ['first', 'second'].map((epoch) => ({ copy: segment('a', 12, { name: `Of the ${epoch}` }), epoch }));
  const edits = ['first', 'second'].map((epoch) => ({ copy: edit(`of the ${epoch}`, 13, epoch), epoch }));
  const userId = 'u'.repeat(60);
  const found = lostTexts([...held, ...edits], { epoch: 'third', epochFrom: 10, masters: new Map(), userId });
  expect(new Set(found.map(({ id }) => id)).size).toBe(4);
  for (const { id } of found) expect(id.length).toBeLessThanOrEqual(80);
});

test('[EPOCH-2] of several edits of a contact only the last one of each field is kept', () => {
  const found = lost([
    edit('e1', 11, 'York'),
    edit('e2', 13, 'Hull'),
    edit('e3', 12, 'Bath'),
    edit('e4', 14, 'a@example.org', 'email'),
    edit('e5', 9, 'Known'),
  ]);
  expect(found.map(({ body }) => [body.about.contactId, body.fields])).toEqual([
    [7, [{ field: 'town', kept: 'Leeds', lost: 'Hull', personal: expect.any(Boolean) }]],
    [7, [{ field: 'email', kept: 'Leeds', lost: 'a@example.org', personal: true }]],
  ]);
  const taken = edit('e1', 11, 'York');
  expect(lost([taken], master(taken, { rev: 11 }))).toEqual([]);
});

test('[EPOCH-2] a review the server has forgotten is written again by those it is about, settled for themselves only', () => {
  const review = (id: string, rev: number, change: Record<string, unknown> = {}): HeldCopy => ({
    ...segment(id, rev, {}),
    kind: 'review',
    body: {
      about: { kind: 'segment', id: 'a', name: 'Buyers', contactId: null },
      fields: [{ field: 'name', kept: 'Buyers', lost: 'Customers', personal: false }],
      keptBy: 'me',
      lostBy: 'you',
      at: 5,
      reason: 'merge',
      settledBy: [],
      ...change,
    },
  });
  const known = review('known', 12);
  const settled = review('settled', 12, { settledBy: ['me'] });
  const held = [
    review('old', 9),
    known,
    settled,
    review('mine', 13, { settledBy: ['you', 'me'] }),
    review('lost', 14, { keptBy: 'you', lostBy: 'me', settledBy: ['you'] }),
    review('of others', 15, { keptBy: 'you', lostBy: 'they' }),
    review('unreadable', 16, { fields: [] }),
  ];
  const masters = new Map([
    ['known', master(known, { rev: 4 })],
    ['settled', master(review('settled', 11, { settledBy: ['you'] }), {})],
  ]);
  const found = lostReviews(held, { epoch: '0123456789abcdef', epochFrom: 10, masters, userId: 'me' });
  expect(found.map(({ id, body }) => [id, body.lostBy, body.settledBy])).toEqual([
    ['settled', 'you', ['you', 'me']],
    ['mine', 'you', ['me']],
    ['lost', 'me', []],
  ]);
  expect(lost(held)).toEqual([]);
});

test('only what people wrote and this build can read is held', () => {
  const copy = segment('a', 3, {});
  expect(isHeld(copy)).toBe(true);
  expect(isHeld({ ...copy, edited: 5 })).toBe(false);
  expect(isHeld({ ...copy, rev: 0 })).toBe(false);
  expect(isHeld({ ...copy, kind: 'campaign-run' })).toBe(false);
  expect(isHeld({ ...copy, kind: 'of the future' })).toBe(false);
  expect(isHeld({ ...copy, schemaVersion: 99 })).toBe(false);
});
