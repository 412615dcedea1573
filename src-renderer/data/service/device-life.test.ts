/** What a device does with the data it holds: the real data service in Node, against a tiny workspace behind the real router. */
import { afterEach, expect, test } from 'vitest';
import { type MemoryBackend, memoryBackend } from '#tests/support/memory-backend.ts';
import { days, memoryBook, TinyServer } from '#tests/support/tiny-server.ts';

import type { Platform } from '../platform.ts';
import { createDataService, type DataService } from './data-service.ts';

const START = 1_800_000_000_000;
const MARKER = 'marker-4711@example.com';
const everybody = { search: '', rule: null, sort: { key: 'id', descending: false } } as const;
const open: DataService[] = [];

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

/** One browser with whatever lies on its disk; it can be started again and again. */
function makeDevice(server: TinyServer) {
  const backend = memoryBackend();
  const book = memoryBook();
  const clock = { now: START };
  const platform: Platform = {
    ...server.device(backend, book, () => clock.now),
    onError: (error) => errors.push(error),
  };
  const errors: unknown[] = [];
  return {
    backend,
    book,
    clock,
    errors,
    platform,
    start() {
      const service = createDataService(platform);
      open.push(service);
      return service;
    },
    async stop(service: DataService) {
      open.splice(open.indexOf(service), 1);
      await service.close();
    },
  };
}

async function until<T>(what: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const value = await what();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`not in time; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const emails = async ({ api }: Pick<DataService, 'api'>) =>
  (await api.contactPage(everybody, 0, 50)).rows.map(({ email }) => email);
const synced = ({ api }: DataService) =>
  until(
    () => api.status(),
    ({ online, generation, waiting, transfer }) => online && generation > 0 && waiting === 0 && transfer === null,
  );

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

async function workspace(): Promise<TinyServer> {
  const server = new TinyServer();
  server.addPerson(1, { email: MARKER, country: 'GB' });
  server.addPerson(2, { email: 'second@example.com', country: 'UA' });
  await server.build();
  return server;
}

async function signedIn(server: TinyServer, device = makeDevice(server)) {
  const service = device.start();
  await service.api.actions.signIn({ email: 'ann@example.com', password: 'x' });
  await synced(service);
  await until(
    () => emails(service),
    (found) => found.length === server.people.size,
  );
  return { device, service };
}
const databaseName = 'muster2-ann';

/** Everything stored, opened with every key that is stored. */
async function openable(device: ReturnType<typeof makeDevice>): Promise<string> {
  const { openUserStore } = await import('#renderer/data/store/user-store.ts');
  const store = await openUserStore(databaseName, device.backend);
  const texts = [
    ...(await store.db.documents.find().exec()).map((row) => row.toJSON()),
    ...(await store.db.meta.find().exec()).map((row) => row.toJSON()),
  ];
  await store.db.close();
  return JSON.stringify(texts);
}

test('[DEV-1] a device says at every connect who it is and what it holds', async () => {
  const server = await workspace();
  server.events.push(START);
  await server.build();
  const { device, service } = await signedIn(server);
  await device.stop(service);
  const again = device.start();
  await synced(again);
  const [first] = server.hellos;
  const second = server.hellos.at(-1);
  // Once when it connects, once when it has everything, once when it connects again.
  expect(server.hellos).toHaveLength(3);
  expect(first?.holds).toEqual({ contacts: 0, personal: false, events: 0, bytes: 0, since: null });
  expect(second).toMatchObject({ deviceId: first?.deviceId, name: 'A test on Node' });
  expect(second?.holds).toMatchObject({ contacts: 2, personal: true, events: 1, since: START });
  expect(await again.api.status()).toMatchObject({ role: 'admin', leaseUntil: null });
});

test('[ERASE-2] an erased contact is gone from every answer, from everything stored, and for every stored key', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  server.up = false;
  server.notify();
  await service.api.editContact(1, 'email', `new-${MARKER}`);
  await service.api.editContact(2, 'email', 'kept@example.com');
  const [oldKey] = device.backend.keyRows.get(databaseName)?.keys() ?? [];
  expect(await openableWhileOpen(service)).toContain(MARKER);
  server.erase(1);
  server.up = true;
  await service.api.syncNow();
  // Hidden at once, although the generation in use still holds it.
  await until(
    () => emails(service),
    (found) => found.length === 1,
  );
  await server.build();
  await until(
    async () => [...(device.backend.keyRows.get(databaseName)?.keys() ?? [])],
    (keys) => keys.length === 1 && keys[0] !== oldKey,
  );
  await synced(service);
  expect(await emails(service)).toEqual(['kept@example.com']);
  expect(await openableWhileOpen(service)).not.toContain(MARKER);
  // The edit of the erased contact went nowhere.
  expect([...server.documents.values()].filter(({ kind }) => kind === 'contact-edit')).toHaveLength(1);
  await device.stop(service);
  expect(await openable(device)).not.toContain(MARKER);
  const again = device.start();
  await synced(again);
  expect(await emails(again)).toEqual(['kept@example.com']);
  expect(await again.api.status()).toMatchObject({ waiting: 0, refused: 0 });
});

async function openableWhileOpen({ api }: Pick<DataService, 'api'>): Promise<string> {
  return JSON.stringify([
    await api.contactPage(everybody, 0, 10),
    await api.contactCard(1),
    await api.documents('contact-edit'),
  ]);
}

test('[ROLE-4] a lost right takes every personal value at once, a regained one brings them back', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  server.up = false;
  server.notify();
  await service.api.editContact(1, 'email', `new-${MARKER}`);
  await service.api.saveDocument('segment', null, { name: 'My work', rule: { type: 'all', rules: [] }, createdAt: 1 });
  server.role = 'marketerNoPersonal';
  server.up = true;
  await service.api.syncNow();
  await until(
    () => emails(service),
    (found) => found.length === 2 && found.every((email) => email === null),
  );
  await synced(service);
  expect((await service.api.documents('segment')).map(({ body }) => body.name)).toEqual(['My work']);
  expect(await service.api.documents('contact-edit')).toEqual([]);
  expect((await service.api.localData()).parts.find(({ what }) => what === 'personal')).toMatchObject({ bytes: 0 });
  await device.stop(service);
  expect(await openable(device)).not.toContain(MARKER);
  // Also without the server nothing of it comes back.
  server.up = false;
  const offline = device.start();
  expect(await emails(offline)).toEqual([null, null]);
  server.role = 'admin';
  server.up = true;
  offline.retryNow();
  await until(
    () => emails(offline),
    (found) => found.includes(MARKER),
  );
});

test('[DEV-2] a device signed out from afar deletes everything, unsent changes included, and says so', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  const deviceId = server.hellos[0]?.deviceId;
  server.up = false;
  server.notify();
  await service.api.editContact(2, 'email', 'unsent@example.com');
  server.userId = null;
  server.deviceState = 'signedOut';
  server.up = true;
  service.retryNow();
  const session = await until(
    () => service.api.session(),
    ({ state }) => state === 'signedOut',
  );
  expect(session).toMatchObject({ notice: expect.stringMatching(/signed out from another/) });
  await until(
    async () => server.wiped,
    (ids) => ids.length > 0,
  );
  expect(server.wiped).toEqual([deviceId]);
  expect(device.backend.keyRows.get(databaseName)).toBeUndefined();
  expect(await device.backend.exists(databaseName)).toBe(false);
  expect(await device.book.last()).toBeNull();
});

test('[DEV-2] a store that somebody left on a device is deleted when another person uses it', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  const deviceId = server.hellos[0]?.deviceId;
  server.up = false;
  server.notify();
  await service.api.editContact(2, 'email', 'unsent@example.com');
  server.up = true;
  server.tooOld = true;
  await service.api.actions.signOut('keep');
  expect(await device.backend.exists(databaseName)).toBe(true);
  server.tooOld = false;
  server.deviceState = 'signedOut';
  await service.api.actions.signIn({ email: 'bob@example.com', password: 'x' });
  await until(
    async () => server.wiped,
    (ids) => ids.length > 0,
  );
  expect(server.wiped).toEqual([deviceId]);
  expect([...device.backend.keyRows.keys()]).toEqual(['muster2-bob']);
  expect(await device.backend.exists(databaseName)).toBe(false);
});

test('[DEV-2] a session that just ended deletes nothing', async () => {
  const server = await workspace();
  const { service } = await signedIn(server);
  server.userId = null;
  server.notify();
  await until(
    () => service.api.status(),
    ({ signInNeeded }) => signInNeeded,
  );
  expect(await emails(service)).toContain(MARKER);
  await service.api.actions.signIn({ email: 'ann@example.com', password: 'x' });
  await synced(service);
});

test('[DEV-3] a device away for longer than its lease deletes everything when it is opened, also with its clock set back', async () => {
  for (const clock of [START + days(31), START - days(100)]) {
    const server = await workspace();
    const { device, service } = await signedIn(server);
    await device.stop(service);
    server.up = false;
    device.clock.now = START + days(29);
    const near = device.start();
    expect(await emails(near)).toContain(MARKER);
    expect((await near.api.status()).leaseUntil).toBe(START + days(30));
    await device.stop(near);
    device.clock.now = START + days(31);
    if (clock < START) {
      // It saw the later time while it was open, and then the clock was set back.
      const [record] = await device.book.devices();
      if (record) await device.book.setDevice({ ...record, seenAt: device.clock.now });
      device.clock.now = clock;
    }
    const late = device.start();
    const session = await until(
      () => late.api.session(),
      ({ state }) => state !== 'starting',
    );
    expect(session).toMatchObject({ state: 'signedOut', notice: expect.stringMatching(/too long/) });
    expect(device.backend.keyRows.get(databaseName)).toBeUndefined();
    expect(await device.backend.exists(databaseName)).toBe(false);
  }
});

test('[DEV-4] two people on one machine have stores and keys of their own', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  server.up = false;
  server.notify();
  await service.api.editContact(2, 'email', 'of-ann@example.com');
  server.up = true;
  server.tooOld = true;
  await service.api.actions.signOut('keep');
  server.tooOld = false;
  await service.api.actions.signIn({ email: 'bob@example.com', password: 'x' });
  await synced(service);
  expect(await service.api.documents('contact-edit')).toEqual([]);
  expect([...device.backend.keyRows.keys()].sort()).toEqual([databaseName, 'muster2-bob']);
  expect(server.people.get(2)?.email).toBe('second@example.com');
  await service.api.actions.signOut('discard');
  expect(await device.backend.exists('muster2-bob')).toBe(false);
  await service.api.actions.signIn({ email: 'ann@example.com', password: 'x' });
  await synced(service);
  expect(server.people.get(2)?.email).toBe('of-ann@example.com');
});

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
  expect(await openableWhileOpen(service)).not.toContain(MARKER);
  await device.stop(service);
  const again = device.start();
  expect(await emails(again)).toEqual([null, null]);
  server.up = true;
  again.retryNow();
  await synced(again);
  expect(await emails(again)).toEqual([null, null]);
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

test('data that the browser removed is fetched again, and that is said', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  await device.stop(service);
  await device.backend.sweep(databaseName);
  server.up = false;
  const again = device.start();
  expect(await emails(again)).toEqual([]);
  const status = await until(
    () => again.api.status(),
    ({ lastError }) => lastError !== null,
  );
  expect(status.lastError).toMatch(/removed by the browser/);
  server.up = true;
  again.retryNow();
  await synced(again);
  expect(await emails(again)).toContain(MARKER);
  expect((await again.api.status()).lastError).toBeNull();
  expect(device.errors).toEqual([]);
});
