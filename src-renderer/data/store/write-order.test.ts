import { afterEach, expect, test, vi } from 'vitest';
import { memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { DocumentStore } from './documents.ts';
import { MetaStore } from './meta.ts';
import { Sealer } from './sealer.ts';
import { openUserStore, type UserStore } from './user-store.ts';

const body = (name: string) => ({ name, description: '', rule: { type: 'all', rules: [] }, createdAt: 1, live: null });
const row = (id: string, name: string) => ({
  id,
  kind: 'segment',
  schemaVersion: 2,
  rev: 3,
  body: body(name),
  by: 'me',
  at: 5,
  edited: 0,
  removed: false,
});

let store: UserStore | null = null;
afterEach(async () => {
  vi.restoreAllMocks();
  await store?.db.close();
});
const open = async () => {
  store = await openUserStore('muster2-order', memoryBackend(), unexpected);
  return store;
};

test('[DOC-1] rows reach the disk in the order in which they were dated, however long sealing them takes', async () => {
  const { db } = await open();
  const told: string[] = [];
  db.documents.$.subscribe(({ documentId }) => told.push(documentId));
  const { seal } = Sealer.prototype;
  vi.spyOn(Sealer.prototype, 'seal').mockImplementation(async function (this: Sealer, bytes, context) {
    if (context.includes('long')) await new Promise((resolve) => setTimeout(resolve, 30));
    return seal.call(this, bytes, context);
  });
  const ids = ['long-1', 'short-1', 'long-2', 'short-2'];
  await Promise.all(ids.map((id) => db.documents.insert(row(id, id))));
  expect(told).toEqual(ids);
});

test('[MERGE-5] what is saved while a deletion arrives stands as a document made anew', async () => {
  const store = await open();
  const { db } = store;
  const documents = new DocumentStore(store, new MetaStore(store));
  await db.documents.insert(row('s', 'Before'));
  const { get } = documents.refusals;
  // Between looking the document up and writing it.
  documents.refusals.get = async (id) => {
    await (await db.documents.findOne('s').exec())?.remove();
    return get.call(documents.refusals, id);
  };
  await documents.save('segment', 's', body('Mine'), 9);
  const [waiting] = await documents.waiting();
  expect(waiting).toMatchObject({ id: 's', rev: 0, edited: 9, removed: false, body: { name: 'Mine' } });
});
