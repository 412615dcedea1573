import { afterEach, expect, test } from 'vitest';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { DocumentStore } from './documents.ts';
import { MetaStore } from './meta.ts';
import { overtakenBy, type PushRow, type Replication, replicateDocuments } from './replicate.ts';
import { openUserStore, type UserStore } from './user-store.ts';

const body = (name: string) => ({ name, description: '', rule: { type: 'all', rules: [] }, createdAt: 1, live: null });
const segment = (id: string, rev: number, name: string): Envelope => ({
  id,
  kind: 'segment',
  schemaVersion: 2,
  rev,
  body: body(name),
  deleted: false,
  by: 'me',
  at: 5,
});

let store: UserStore | null = null;
let replication: Replication | null = null;
afterEach(async () => {
  await replication?.stop();
  await store?.db.close();
});

/** What a crash between RxDB's two writes leaves: the documents, and how far they were looked through for a push. */
function forgetPulled({ storage }: ReturnType<typeof memoryBackend>): string[] {
  const forgotten: string[] = [];
  const { collectionStates } = storage;
  for (const [key, { documents, byIndexArray }] of collectionStates) {
    if (!key.includes('rx-replication')) continue;
    for (const [id, row] of [...documents]) {
      if (row.itemId === 'up') continue;
      documents.delete(id);
      for (const index of byIndexArray) index.docsWithIndex = index.docsWithIndex.filter(([, , other]) => other !== id);
      forgotten.push(row.itemId);
    }
  }
  return forgotten.sort();
}

async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error('This never happened.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('[DOC-2] a text read before a newer copy came is not said to have grown from it', () => {
  const [old, fresh] = [segment('a', 3, 'old'), segment('a', 7, 'new')];
  expect(overtakenBy({ assumed: fresh, next: old })).toBe(fresh);
  for (const assumed of [null, old, { ...old, rev: 2 }]) expect(overtakenBy({ assumed, next: old })).toBeNull();
  // Made anew after it was deleted.
  expect(overtakenBy({ assumed: { ...fresh, deleted: true, body: {} }, next: { ...old, rev: 0 } })).toBeNull();
});

test('[DOC-1] a copy whose memory a crash took does not stand in the way of newer ones', async () => {
  const backend = memoryBackend();
  store = await openUserStore('replicate', backend, unexpected);
  let copy = segment('a', 3, 'old');
  const begin = (of: UserStore) =>
    replicateDocuments(
      of,
      'documents-1',
      {
        async pull(after) {
          const documents = copy.rev > (after?.rev ?? 0) ? [copy] : [];
          return { documents, checkpoint: { epoch: 'e', rev: copy.rev, begun: 0 } };
        },
        push: async () => [],
      },
      unexpected,
    );
  const named = async (name: string) => {
    let found: unknown;
    const look = async () => {
      const row = await store?.db.documents.findOne('a').exec();
      found = row?.body.name;
    };
    await until(() => {
      void look();
      return found === name;
    });
  };
  replication = begin(store);
  await named('old');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await replication.stop();
  await store.db.close();
  expect(forgetPulled(backend)).toEqual(['a', 'down']);
  copy = segment('a', 7, 'new');
  store = await openUserStore('replicate', backend, unexpected);
  replication = begin(store);
  await named('new');
});

test('[DOC-2] a copy that is pulled while much waits to be pushed is not overwritten by the one before it', async () => {
  store = await openUserStore('replicate', memoryBackend(), unexpected);
  const documents = new DocumentStore(store, new MetaStore(store));
  const old = segment('a', 3, 'old');
  const feed = [old];
  const pushed: PushRow[] = [];
  let pushing: Promise<void> = Promise.resolve();
  let pushes = 0;
  const begin = (of: UserStore) =>
    replicateDocuments(
      of,
      'documents-1',
      {
        async pull(after) {
          const found = feed.filter(({ rev }) => rev > (after?.rev ?? 0));
          return { documents: found, checkpoint: { epoch: 'e', rev: feed.at(-1)?.rev ?? 0, begun: 0 } };
        },
        async push(rows) {
          pushes++;
          await pushing;
          pushed.push(...rows);
          return [];
        },
      },
      unexpected,
    );
  const nameOf = async () => (await documents.get('a'))?.body.name;
  replication = begin(store);
  let name: unknown;
  const look = () => {
    void nameOf().then((found) => {
      name = found;
    });
    return name;
  };
  await until(() => look() === 'old');
  await replication.stop();
  // More than one push takes; the copy of the server's comes after all of them.
  for (let count = 0; count < 100; count++) await documents.save('segment', `mine-${count}`, body(`${count}`), 50);
  const row = await store.db.documents.findOne('a').exec();
  await row?.incrementalModify((now) => now);
  const door = Promise.withResolvers<void>();
  pushing = door.promise;
  replication = begin(store);
  await until(() => pushes > 0);
  feed.push(segment('a', 7, 'new'));
  replication.resync();
  await until(() => look() === 'new');
  door.resolve();
  await until(() => pushed.length >= 100);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(pushed.filter(({ next }) => next.id === 'a')).toEqual([]);
  expect(await nameOf()).toBe('new');
});
