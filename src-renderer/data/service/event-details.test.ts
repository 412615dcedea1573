import { afterEach, expect, test } from 'vitest';
import { MetaStore } from '#renderer/data/store/meta.ts';
import { openUserStore, type UserStore } from '#renderer/data/store/user-store.ts';
import { memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { keepDetails, readDetails } from './event-details.ts';

let store: UserStore | null = null;
afterEach(() => store?.db.close());

const detail = (rowId: number) => ({ rowId, at: rowId, type: 'Visit', params: { n: rowId }, source: 'Web' });

test('what events say is kept for the fifty contacts that were looked at last', async () => {
  store = await openUserStore('muster2-somebody', memoryBackend(), unexpected);
  const meta = new MetaStore(store);
  for (let id = 1; id <= 50; id++) await keepDetails(meta, id, [detail(id)], id);
  // Looked at again: now the newest.
  await keepDetails(meta, 1, [detail(1), detail(1001)], 51);
  await keepDetails(meta, 51, [detail(51)], 52);
  expect(await readDetails(meta, 1)).toEqual([detail(1), detail(1001)]);
  expect(await readDetails(meta, 2)).toBeNull();
  expect(await readDetails(meta, 51)).toEqual([detail(51)]);
  expect(await readDetails(meta, 4_711)).toBeNull();
  // Nor does a note of what was removed stay, which would hold all that it said.
  expect(await store.db.meta.storageInstance.findDocumentsById(['events:2'], true)).toEqual([]);
});
