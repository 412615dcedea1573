/** Questions and texts that are under way while the store is closed and opened anew. */
import { afterEach, expect, test } from 'vitest';
import type { DataService } from '#renderer/data/service/data-service.ts';
import { closeAll, makeDevice, signedIn, synced, until, workspace } from '#tests/support/memory-device.ts';

/** Longer than it takes to open a store anew. */
const LONG_MS = 1_500;
const body = { name: 'Regulars', description: '', rule: { type: 'all', rules: [] }, createdAt: 1 };

afterEach(closeAll);

/** A disk on which the next look at a collection can be made to take long. */
function device(server: Parameters<typeof makeDevice>[0]) {
  const made = makeDevice(server);
  const { storage } = made.backend;
  const create: (params: { collectionName: string }) => Promise<object> = storage.createStorageInstance.bind(
    storage,
  ) as never;
  const slow = new Set<string>();
  Reflect.set(storage, 'createStorageInstance', async (params: { collectionName: string }) => {
    const instance = await create(params);
    for (const name of ['query', 'findDocumentsById']) {
      const fast = Reflect.get(instance, name).bind(instance);
      Reflect.set(instance, name, async (...input: unknown[]) => {
        if (slow.delete(params.collectionName)) await new Promise((resolve) => setTimeout(resolve, LONG_MS));
        return fast(...input);
      });
    }
    return instance;
  });
  /** Asks, and begins anew as soon as the question has come to the disk. */
  const askMeanwhile = async <T>({ api }: DataService, collection: string, question: () => Promise<T>): Promise<T> => {
    slow.add(collection);
    const answer = question();
    answer.catch(() => undefined);
    await until(
      async () => slow.size,
      (left) => left === 0,
    );
    await api.redownload();
    return answer;
  };
  return { made, askMeanwhile };
}

test('what is asked when everything is fetched anew is answered', async () => {
  const server = await workspace();
  const { made, askMeanwhile } = device(server);
  const { service } = await signedIn(server, made);
  const id = await service.api.saveDocument('segment', null, body);
  await synced(service);
  const answer = await askMeanwhile(service, 'meta', () => service.api.document(id));
  expect(answer).toMatchObject({ id, body });
  expect(made.errors).toEqual([]);
});

test('a text that is being saved when everything is fetched anew is kept', async () => {
  const server = await workspace();
  const { made, askMeanwhile } = device(server);
  const { service } = await signedIn(server, made);
  const id = await service.api.saveDocument('segment', null, body);
  await synced(service);
  await askMeanwhile(service, 'meta', () => service.api.saveDocument('segment', id, { ...body, name: 'Changed' }));
  await until(
    async () => server.documents.get(id)?.body.name,
    (name) => name === 'Changed',
  );
  expect(made.errors).toEqual([]);
});
