/** What of the server's data is on a device: kept, given up, fetched again. */
import { afterEach, expect, test } from 'vitest';
import { SealError } from '#renderer/data/store/sealer.ts';
import { must } from '#shared/kernel/assert.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { MemoryBackend } from '#tests/support/memory-backend.ts';
import {
  answersOf,
  closeAll,
  databaseName,
  emails,
  everybody,
  MARKER,
  makeDevice,
  START,
  signedIn,
  synced,
  until,
  workspace,
} from '#tests/support/memory-device.ts';
import { days } from '#tests/support/tiny-server.ts';

afterEach(closeAll);

type Device = ReturnType<typeof makeDevice>;

/** A disk that refuses attachments that are larger than there is room. */
function limited(backend: MemoryBackend, room: { bytes: number }): MemoryBackend {
  const { storage } = backend;
  return {
    ...backend,
    storage: {
      ...storage,
      async createStorageInstance(params) {
        const instance = await storage.createStorageInstance(params);
        const write = instance.bulkWrite.bind(instance);
        instance.bulkWrite = (rows, context) => {
          const sizes = rows.flatMap(({ document }) =>
            Object.values(document._attachments ?? {}).map((one) => ('data' in one ? one.data.size : 0)),
          );
          if (sizes.some((size) => size > room.bytes)) throw new DOMException('full', 'QuotaExceededError');
          return write(rows, context);
        };
        return instance;
      },
    },
  };
}

test('[CHUNK-3] what is not kept is neither here nor fetched, and comes back when it is wanted again', async () => {
  const server = await workspace();
  server.events.push(START - days(300), START - days(100), START - days(10));
  await server.build();
  const { device, service } = await signedIn(server);
  const events = async () => (await service.api.localData()).parts.find(({ what }) => what === 'events')?.rows;
  expect(await events()).toBe(3);
  // Giving up needs no server.
  server.up = false;
  server.notify();
  await service.api.setKeep({ eventDays: 90, personal: false });
  expect(await events()).toBe(1);
  const page = await service.api.contactPage(everybody, 0, 10);
  expect(page.asOf.eventsFrom).toBe(START - days(100) + 1);
  expect(page.rows.map(({ email }) => email)).toEqual([null, null]);
  expect(await answersOf(service)).not.toContain(MARKER);
  // Nobody is told that a rule on an address matches nobody, only because no address is here.
  const byEmail: Rule = { type: 'not', rule: { type: 'presence', field: 'email', op: 'isSet' } };
  const uncounted = { code: 'forbidden', message: expect.stringContaining('Email is personal') };
  await expect(service.api.segmentAnswer(byEmail, 0)).rejects.toMatchObject(uncounted);
  await expect(service.api.contactPage({ ...everybody, rule: byEmail }, 0, 1)).rejects.toMatchObject(uncounted);
  const byCountry: Rule = { type: 'presence', field: 'country', op: 'isSet' };
  expect(await service.api.segmentAnswer(byCountry, 0)).toMatchObject({ total: 2 });
  await device.stop(service);
  const again = device.start();
  expect(await emails(again)).toEqual([null, null]);
  server.up = true;
  again.retryNow();
  await synced(again);
  expect(await emails(again)).toEqual([null, null]);
  // Nor does it come with what others change.
  const body = { contactId: 2, field: 'email', from: null, to: `other-${MARKER}`, at: 1 };
  server.put({ id: 'elsewhere', kind: 'contact-edit', schemaVersion: 1, body, deleted: false, by: 'bob' });
  server.addPerson(3, { email: `third-${MARKER}`, country: 'GB' });
  await until(
    () => emails(again),
    (found) => found.length === 3,
  );
  await synced(again);
  expect(await emails(again)).toEqual([null, null, null]);
  expect(await again.api.documents('contact-edit')).toEqual([]);
  expect(await again.api.contactCard(2)).toMatchObject({ row: { email: null } });
  await again.api.setKeep({ eventDays: null, personal: true });
  await until(
    () => emails(again),
    (found) => found.includes(MARKER),
  );
  await until(
    () => again.api.localData(),
    ({ parts }) => parts.find(({ what }) => what === 'events')?.rows === 3,
  );
  expect((await again.api.contactPage(everybody, 0, 1)).asOf.eventsFrom).toBeNull();
});

test('[CHUNK-2] a download that arrives damaged is fetched again', async () => {
  const server = await workspace();
  server.damage = 2;
  const { service } = await signedIn(server);
  expect(await emails(service)).toEqual([MARKER, 'second@example.com']);
  expect(server.damage).toBe(0);
});

test('[CHUNK-3] on a full device the old data serves on, and what was waiting arrives once there is room', async () => {
  const server = await workspace();
  const device = makeDevice(server);
  const room = { bytes: Number.POSITIVE_INFINITY };
  device.platform.backend = limited(device.backend, room);
  const { service } = await signedIn(server, device);
  room.bytes = 0;
  for (let n = 0; n < 5; n++) server.events.push(START - days(n));
  server.addPerson(3, { email: 'third@example.com', country: 'GB' });
  await server.build();
  await until(
    () => service.api.status(),
    ({ full }) => full,
  );
  expect(await service.api.status()).toMatchObject({ generation: 1, transfer: null });
  await until(
    () => emails(service),
    (found) => found.join() === [MARKER, 'second@example.com', 'third@example.com'].join(),
  );
  room.bytes = Number.POSITIVE_INFINITY;
  await service.api.syncNow();
  await until(
    () => service.api.status(),
    ({ full, generation }) => !full && generation === 2,
  );
  expect(device.errors).toEqual([]);
});

test('[VER-4] while app and server are too far apart changes wait, and go on by themselves later', async () => {
  const server = await workspace();
  const { service } = await signedIn(server);
  for (const [apart, together, mismatch] of [
    [() => (server.protocol = 1), () => (server.protocol = 2), 'serverTooOld'],
    [() => (server.tooOld = true), () => (server.tooOld = false), 'appTooOld'],
  ] as const) {
    server.up = false;
    server.notify();
    await until(
      () => service.api.status(),
      ({ offlineSince }) => offlineSince !== null,
    );
    apart();
    server.up = true;
    service.retryNow();
    await service.api.editContact(2, 'email', `${mismatch.toLowerCase()}@example.com`);
    await until(
      () => service.api.status(),
      (status) => status.mismatch === mismatch,
    );
    await until(
      () => service.api.status(),
      ({ waiting }) => waiting === 1,
    );
    await until(
      () => emails(service),
      (found) => found.includes(`${mismatch.toLowerCase()}@example.com`),
    );
    together();
    service.retryNow();
    await synced(service);
    expect(await service.api.status()).toMatchObject({ mismatch: null });
    expect(server.people.get(2)?.email).toBe(`${mismatch.toLowerCase()}@example.com`);
  }
});

test('downloading anew fetches everything and keeps what was not sent', async () => {
  const server = await workspace();
  const { service } = await signedIn(server);
  server.up = false;
  server.notify();
  await service.api.editContact(2, 'email', 'unsent@example.com');
  await expect(service.api.redownload()).rejects.toMatchObject({ data: { code: 'offline' } });
  await until(
    () => emails(service),
    (found) => found.join() === [MARKER, 'unsent@example.com'].join(),
  );
  server.up = true;
  await service.api.redownload();
  await synced(service);
  await until(
    () => emails(service),
    (found) => found.includes('unsent@example.com') && found.includes(MARKER),
  );
  expect(server.people.get(2)?.email).toBe('unsent@example.com');
});

const otherKey = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

test.each([
  { why: 'data', words: /removed by the browser/, lose: ({ backend }: Device) => backend.sweep(databaseName) },
  { why: 'key', words: /key .* was missing/, lose: ({ backend }: Device) => backend.keys.destroy(databaseName) },
  {
    why: 'unreadable',
    words: /could not be read/,
    lose: async ({ backend }: Device) => {
      const [row] = await backend.keys.list(databaseName);
      await backend.keys.put(databaseName, { ...must(row, 'a key'), key: { plain: await otherKey() } });
    },
  },
])('what a device lost ($why) is fetched again, and that is said, also later', async ({ why, words, lose }) => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  expect((await service.api.localData()).lost).toBeNull();
  await device.stop(service);
  await lose(device);
  server.up = false;
  const again = device.start();
  expect(await emails(again)).toEqual([]);
  const status = await until(
    () => again.api.status(),
    ({ lastError }) => lastError !== null,
  );
  expect(status.lastError).toMatch(words);
  server.up = true;
  again.retryNow();
  await synced(again);
  expect(await emails(again)).toContain(MARKER);
  expect((await again.api.status()).lastError).toBeNull();
  const { since, lost } = await again.api.localData();
  expect(lost).toEqual({ at: expect.any(Number), why });
  expect(since).toBeGreaterThanOrEqual(lost?.at ?? Number.POSITIVE_INFINITY);
  expect(device.errors.filter((error) => !(error instanceof SealError))).toEqual([]);
});
