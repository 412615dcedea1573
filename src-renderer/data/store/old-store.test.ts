import { createRxDatabase, type RxJsonSchema } from 'rxdb/plugins/core';
import { expect, test } from 'vitest';
import { type MemoryBackend, memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { takeOverOldStore } from './old-store.ts';
import { databaseOf, openUserStore } from './user-store.ts';

type OldDocument = {
  id: string;
  kind: string;
  schemaVersion: number;
  rev: number;
  body: object;
  edited: number;
  removed: boolean;
};

const whole = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, multipleOf: 1 } as const;
/** As the first version wrote it; never changed. */
const oldDocuments: RxJsonSchema<OldDocument> = {
  version: 0,
  type: 'object',
  primaryKey: 'id',
  properties: {
    id: { type: 'string', maxLength: 80 },
    kind: { type: 'string', maxLength: 40 },
    schemaVersion: whole,
    rev: whole,
    body: { type: 'object' },
    edited: whole,
    removed: { type: 'boolean' },
  },
  required: ['id', 'kind', 'schemaVersion', 'rev', 'body', 'edited', 'removed'],
  indexes: [['kind', 'rev'], ['edited']],
};
const oldMeta: RxJsonSchema<{ key: string; value: object }> = {
  version: 0,
  type: 'object',
  primaryKey: 'key',
  properties: { key: { type: 'string', maxLength: 120 }, value: { type: 'object' } },
  required: ['key', 'value'],
};
const segment = (id: string, rev: number, edited: number): OldDocument => ({
  id,
  kind: 'segment',
  schemaVersion: 1,
  rev,
  body: { name: id },
  edited,
  removed: false,
});
const refused = {
  reason: 'refused',
  text: { ...segment('mine-refused', 0, 0), deleted: false },
  code: 'forbidden',
  field: null,
  message: 'No.',
  at: 1,
};

async function writeOldStore(backend: MemoryBackend): Promise<void> {
  const db = await createRxDatabase({
    name: 'muster-ann',
    storage: backend.storage,
    hashFunction: backend.hash,
    multiInstance: false,
  });
  await db.addCollections({ documents: { schema: oldDocuments }, meta: { schema: oldMeta } });
  const { documents, meta } = db.collections;
  await documents?.bulkInsert([
    segment('synced', 4, 0),
    segment('changed', 5, 77),
    segment('made', 0, 78),
    { ...segment('taken away', 6, 79), removed: true },
  ]);
  await meta?.bulkInsert([
    { key: 'review:mine-refused', value: refused },
    { key: 'tail:1', value: { answer: {} } },
  ]);
  await db.close();
}

test('a store of the first version: what was not sent is taken over, sealed, and the rest is deleted', async () => {
  const backend = memoryBackend();
  await writeOldStore(backend);
  const store = await openUserStore(databaseOf('ann'), backend, unexpected);
  await takeOverOldStore('ANN', store);
  // Once more, as after a crash: what was edited since is not overwritten.
  const changed = await store.db.documents.findOne('changed').exec();
  await changed?.incrementalPatch({ body: { name: 'edited since' } });
  await writeOldStore(backend);
  await takeOverOldStore('ann', store);
  const found = (await store.db.documents.find().exec()).map((row) => row.toMutableJSON());
  const rows = found.toSorted((a, b) => a.edited - b.edited);
  expect(rows.map(({ id, rev, edited, removed, by }) => [id, rev, edited, removed, by])).toEqual([
    ['changed', 5, 77, false, null],
    ['made', 0, 78, false, null],
    ['taken away', 6, 79, true, null],
  ]);
  expect(rows[0]?.body).toEqual({ name: 'edited since' });
  const meta = (await store.db.meta.find().exec()).map((row) => row.toMutableJSON());
  expect(meta.map(({ value }) => value)).toEqual([refused]);
  await store.db.close();
  expect(await backend.exists('muster-ann')).toBe(false);
  expect(await backend.dump(databaseOf('ann'))).not.toContain('edited since');
});
