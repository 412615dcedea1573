import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { DocumentStore } from './documents.ts';
import { MetaStore } from './meta.ts';
import { type Comparison, compareHeld, finishRescue, readBases, startOver } from './rescue.ts';
import { openUserStore, type UserStore } from './user-store.ts';

const segment = (id: string, rev: number, name: string): Envelope => ({
  id,
  kind: 'segment',
  schemaVersion: 1,
  rev,
  body: { name, description: '', rule: { type: 'all', rules: [] }, createdAt: 1 },
  deleted: false,
  by: 'me',
  at: 5,
});
/** An answer to a pull of the restored server, whose backup reached revision 10. */
const page = (documents: Envelope[], more = false) => ({
  epoch: 'second-epoch',
  epochFrom: 10,
  newest: 20,
  version: 20,
  documents,
  more,
});

let store: UserStore;
let meta: MetaStore;
let documents: DocumentStore;
beforeEach(async () => {
  store = await openUserStore('rescue', memoryBackend(), unexpected);
  meta = new MetaStore(store);
  documents = new DocumentStore(store, meta);
});
afterEach(() => store.db.close());

/** Stores what a pull brought, as replication does. */
async function arrive(...copies: Envelope[]): Promise<void> {
  await store.db.documents.bulkUpsert(
    copies.map(({ deleted: _deleted, ...copy }) => ({ ...copy, edited: 0, removed: false })),
  );
}

const compare = (mayEdit = true): Promise<Comparison> =>
  compareHeld({ store, meta, documents, userId: 'me', mayEdit: () => mayEdit, now: () => 99 });

const kept = async () => (await documents.list('review')).map(({ body }) => body.about);

test('[EPOCH-1] what was never sent outlives the new beginning, also when the app died in the middle of it', async () => {
  await arrive(segment('a', 3, 'Accepted'));
  await documents.save('segment', 'b', segment('b', 0, 'Unsent').body, 50);
  await startOver(store, meta, 'first-epoch', new Map());
  expect(await documents.list('segment')).toEqual([expect.objectContaining({ id: 'b', waiting: true, rev: 0 })]);
  // As after a death before the set-aside texts were put back.
  await meta.set('rescue', { rows: await documents.waiting(), bases: [] });
  await store.db.documents.find().remove();
  await finishRescue(store, meta);
  expect(await documents.list('segment')).toEqual([expect.objectContaining({ id: 'b', waiting: true, rev: 0 })]);
});

test('[EPOCH-2] reviews are made when the last page has come, and only once', async () => {
  await arrive(segment('old', 3, 'Old'), segment('changed', 12, 'Newer'), segment('made', 13, 'Made'));
  await startOver(store, meta, 'first-epoch', new Map());
  const comparison = await compare();
  const before = segment('changed', 4, 'Older');
  await comparison.take(page([segment('old', 3, 'Old'), before], true));
  expect(await kept()).toEqual([]);
  await comparison.take(page([]));
  expect(await kept()).toEqual([
    expect.objectContaining({ id: 'changed', name: 'Newer' }),
    expect.objectContaining({ id: 'made', name: 'Made' }),
  ]);
  await comparison.take(page([before]));
  await (await compare()).take(page([before]));
  expect(await kept()).toHaveLength(2);
});

test('[EPOCH-2] a page that came before the app was closed counts when it goes on', async () => {
  await arrive(segment('same', 12, 'Same'), segment('made', 13, 'Made'));
  await startOver(store, meta, 'first-epoch', new Map());
  const same = { ...segment('same', 11, 'Same') };
  await (await compare()).take(page([same], true));
  await arrive(same);
  await (await compare()).take(page([]));
  expect(await kept()).toEqual([expect.objectContaining({ id: 'made' })]);
});

test('[EPOCH-2] what another device of the same person has kept already is not kept twice', async () => {
  await arrive(segment('made', 13, 'Made'));
  await startOver(store, meta, 'first-epoch', new Map());
  const elsewhere: Envelope = {
    ...segment('restored:second-e:first-ep:d:me', 15, ''),
    kind: 'review',
    body: {
      about: { kind: 'segment', id: 'made', name: 'Made', contactId: null },
      fields: [{ field: 'name', kept: null, lost: 'Made', personal: false }],
      keptBy: null,
      lostBy: 'me',
      at: 5,
      reason: 'restored',
      settledBy: ['me'],
    },
  };
  await (await compare()).take(page([elsewhere]));
  expect(await kept()).toEqual([]);
});

test('[REV-2] a review settled here and not sent yet begins anew with what this person added, not with what others had', async () => {
  const body = (settledBy: string[]) => ({
    about: { kind: 'segment', id: 'a', name: 'A', contactId: null },
    fields: [{ field: 'name', kept: 'A', lost: 'B', personal: false }],
    keptBy: 'you',
    lostBy: 'me',
    at: 5,
    reason: 'merge',
    settledBy,
  });
  const copy: Envelope = { ...segment('review:1', 12, ''), kind: 'review', body: body(['you']) };
  await arrive(copy);
  await documents.save('review', copy.id, body(['you', 'me']), 50);
  await startOver(store, meta, 'first-epoch', new Map([[copy.id, copy]]));
  expect((await documents.waiting()).map((row) => row.body)).toEqual([body(['me'])]);
  expect(await readBases(store, meta)).toEqual(new Map());
});

test('[EPOCH-2] what was lost waits on the device until its person may edit', async () => {
  await arrive(segment('made', 13, 'Made'));
  await startOver(store, meta, 'first-epoch', new Map());
  await (await compare(false)).take(page([]));
  expect(await kept()).toEqual([]);
  await (await compare()).take(page([]));
  expect(await kept()).toHaveLength(1);
});

test('nothing is kept when the server was not restored', async () => {
  await arrive(segment('made', 13, 'Made'));
  await startOver(store, meta, 'second-epoch', new Map());
  await (await compare()).take(page([]));
  expect(await kept()).toEqual([]);
});
