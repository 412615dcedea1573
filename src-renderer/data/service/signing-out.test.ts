/** Signing out while the server is away or gone for good: against a tiny workspace behind the real router. */
import { afterEach, expect, test } from 'vitest';
import {
  closeAll,
  databaseName,
  emails,
  makeDevice,
  signedIn,
  until,
  workspace,
} from '#tests/support/memory-device.ts';

afterEach(closeAll);

const signedOut = expect.objectContaining({
  state: 'signedOut',
  notice: expect.stringMatching(/could not be told .* from another device/),
});

test('without the server a person is signed out, their data is gone, and a restart does not bring them back', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  server.up = false;
  server.notify();
  await service.api.editContact(2, 'email', 'unsent@example.com');
  await service.api.actions.signOut('discard');
  expect(await service.api.session()).toEqual(signedOut);
  expect(await device.backend.exists(databaseName)).toBe(false);
  await device.stop(service);
  // The server still knows the session, and answers again while the app starts.
  const again = device.start();
  expect(await again.api.session()).toMatchObject({ state: expect.not.stringMatching(/signedIn/) });
  server.up = true;
  again.retryNow();
  await until(
    async () => server.userId,
    (id) => id === null,
  );
  const session = await until(
    () => again.api.session(),
    (now) => now.state === 'signedOut' && now.info !== null,
  );
  expect(session).not.toHaveProperty('notice');
  expect(await device.book.endOwed()).toBe(false);
});

test('unsent changes kept without the server wait for the next sign-in of the same person', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  server.up = false;
  server.notify();
  await service.api.editContact(2, 'email', 'unsent@example.com');
  await service.api.actions.signOut('keep');
  expect(await service.api.session()).toEqual(signedOut);
  await expect(service.api.actions.signIn({ email: 'ann@example.com', password: 'x' })).rejects.toMatchObject({
    data: { code: 'offline' },
  });
  expect(await device.backend.exists(databaseName)).toBe(true);
  server.up = true;
  await service.api.actions.signIn({ email: 'ann@example.com', password: 'x' });
  await until(
    async () => server.people.get(2)?.email,
    (email) => email === 'unsent@example.com',
  );
  expect(await emails(service)).toContain('unsent@example.com');
  // The old session was ended before the new one began, not after it.
  expect(server.userId).toBe('ann');
});

test('a sign-out that was cut short is carried out when the app starts again', async () => {
  const server = await workspace();
  const { device, service } = await signedIn(server);
  await device.stop(service);
  await device.book.setEndOwed(true);
  server.up = false;
  const again = makeDevice(server);
  again.platform.accounts = device.book;
  const started = again.start();
  expect(
    await until(
      () => started.api.session(),
      ({ state }) => state !== 'starting',
    ),
  ).toEqual(signedOut);
  expect(await device.book.last()).toBeNull();
});
