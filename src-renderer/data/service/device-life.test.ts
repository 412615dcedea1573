/** Who may use a device, and what becomes of its data: against a tiny workspace behind the real router. */
import { afterEach, expect, test } from 'vitest';
import { openUserStore } from '#renderer/data/store/user-store.ts';
import { unexpected } from '#tests/support/memory-backend.ts';
import {
  answersOf,
  closeAll,
  databaseName,
  emails,
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

/** Everything stored, opened with every key that is stored. */
async function openable(device: ReturnType<typeof makeDevice>): Promise<string> {
  const store = await openUserStore(databaseName, device.backend, unexpected);
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
  expect(await answersOf(service)).toContain(MARKER);
  server.erase(1);
  server.tailHeld = true;
  server.up = true;
  await service.api.syncNow();
  // Hidden at once, although the generation in use still holds it.
  await until(
    () => emails(service),
    (found) => found.length === 1,
  );
  expect(await service.api.contactCard(1)).toBeNull();
  server.tailHeld = false;
  await server.build();
  await until(
    async () => [...(device.backend.keyRows.get(databaseName)?.keys() ?? [])],
    (keys) => keys.length === 1 && keys[0] !== oldKey,
  );
  await synced(service);
  expect(await emails(service)).toEqual(['kept@example.com']);
  expect(await answersOf(service)).not.toContain(MARKER);
  // The edit of the erased contact went nowhere.
  expect([...server.documents.values()].filter(({ kind }) => kind === 'contact-edit')).toHaveLength(1);
  await device.stop(service);
  expect(await openable(device)).not.toContain(MARKER);
  const again = device.start();
  await synced(again);
  expect(await emails(again)).toEqual(['kept@example.com']);
  expect(await again.api.status()).toMatchObject({ waiting: 0, refused: 0 });
});

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

  // Whoever opens it later learns it too, until somebody signs in.
  await device.stop(service);
  const later = device.start();
  const found = await until(
    () => later.api.session(),
    ({ state }) => state === 'signedOut',
  );
  expect(found).toMatchObject({ notice: expect.stringMatching(/signed out from another/) });
  server.deviceState = 'active';
  await later.api.actions.signIn({ email: 'ann@example.com', password: 'x' });
  expect(await device.book.notice()).toBeNull();
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

test('[DEV-2] what the server could not be told yet is told after the next sign-in', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  const deviceId = server.hellos[0]?.deviceId;
  await device.stop(service);
  const [record] = await device.book.devices();
  if (record) await device.book.setDevice({ ...record, wiped: true });
  await device.backend.sweep(databaseName);
  const again = device.start();
  await synced(again);
  await until(
    async () => server.wiped,
    (ids) => ids.length > 0,
  );
  expect(server.wiped).toEqual([deviceId]);
  expect(server.hellos.at(-1)?.deviceId).not.toBe(deviceId);
  expect((await device.book.devices()).map(({ database }) => database)).toEqual([databaseName]);
  expect(await emails(again)).toContain(MARKER);
});

test('[DEV-2] an answer that comes after a sign-out takes back nothing of what was noted with it', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  const gate = Promise.withResolvers<void>();
  const said = server.hellos.length;
  server.helloGate = gate.promise;
  await server.build();
  await until(
    async () => server.hellos.length,
    (count) => count > said,
  );
  // It cannot be told yet, so the note stays.
  server.tooOld = true;
  await service.api.actions.signOut('discard');
  gate.resolve();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await device.book.devices()).toMatchObject([{ database: databaseName, wiped: true }]);
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

test('[SEAL-1] while the key chain is locked that is said, nothing is deleted, and it opens once it can', async () => {
  const server = await workspace();
  const device = makeDevice(server);
  const uses: KeyUsage[] = ['wrapKey', 'unwrapKey'];
  const key = await crypto.subtle.generateKey({ name: 'AES-KW', length: 256 }, false, uses);
  const { keys } = device.backend;
  keys.vault = async () => key;
  const { service } = await signedIn(server, device);
  await device.stop(service);
  keys.vault = async () => null;
  const locked = device.start();
  const session = await until(
    () => locked.api.session(),
    ({ state }) => state === 'signedOut',
  );
  expect(session).toMatchObject({ notice: expect.stringMatching(/key chain/) });
  expect(await device.backend.exists(databaseName)).toBe(true);
  keys.vault = async () => key;
  await until(
    () => locked.api.session(),
    ({ state }) => state === 'signedIn',
  );
  expect(await emails(locked)).toContain(MARKER);
});
