/**
 * Cleaning up that fails. RxDB's queue of clean-ups is one for the whole process and ends with the first that rejects, so
 * this file keeps to itself.
 */
import { afterEach, expect, test } from 'vitest';
import type { MemoryBackend } from '#tests/support/memory-backend.ts';
import {
  closeAll,
  databaseName,
  emails,
  MARKER,
  makeDevice,
  signedIn,
  until,
  workspace,
} from '#tests/support/memory-device.ts';

afterEach(closeAll);

/** A disk whose next clean-ups fail. */
function failing(backend: MemoryBackend, next: { failures: number }): MemoryBackend {
  const { storage } = backend;
  return {
    ...backend,
    storage: {
      ...storage,
      async createStorageInstance(params) {
        const instance = await storage.createStorageInstance(params);
        const cleanup = instance.cleanup.bind(instance);
        instance.cleanup = async (age) => {
          if (next.failures-- > 0) throw new DOMException('The database is busy.', 'UnknownError');
          return cleanup(age);
        };
        return instance;
      },
    },
  };
}

test('[CHUNK-3] a clean-up that fails is told, stops no sync, and is made up for by the next one', async () => {
  const server = await workspace();
  const device = makeDevice(server);
  const next = { failures: 0 };
  device.platform.backend = failing(device.backend, next);
  const { service } = await signedIn(server, device);
  const generation = async (wanted: number) => {
    await until(
      () => service.api.status(),
      (status) => status.generation === wanted && status.transfer === null,
    );
    await service.api.syncNow();
  };
  next.failures = 1;
  server.addPerson(3, { email: 'third@example.com', country: 'GB' });
  await server.build();
  await generation(2);
  expect(device.errors).toMatchObject([{ message: 'The database is busy.' }]);
  server.addPerson(4, { email: 'fourth@example.com', country: 'GB' });
  await server.build();
  await generation(3);
  expect(await emails(service)).toEqual([MARKER, 'second@example.com', 'third@example.com', 'fourth@example.com']);
  expect(device.errors).toHaveLength(1);
  // What the failed one left went with the next: no deleted row lies on the disk any more.
  expect(next.failures).toBeLessThan(0);
  expect(await device.backend.dump(databaseName)).not.toContain('"_deleted":true');
});
