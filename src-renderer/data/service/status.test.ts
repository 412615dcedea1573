/** What the status pill is told: the first download, and since when the server has been away. */
import { expect, test } from 'vitest';
import { device, START, synced, until, workspace } from '#tests/support/people-devices.ts';
import { TinyServer } from '#tests/support/tiny-server.ts';

test('[TAIL-1] while more of the first data is to come, nothing is said to be in step, and no time is made up', async () => {
  const server = new TinyServer();
  for (const id of [1, 2, 3]) server.addPerson(id, { email: `p${id}@example.com`, country: 'GB' });
  server.tailPage = 1;
  const gate = Promise.withResolvers<void>();
  server.tailGate = gate.promise;
  const ann = await device(server, 'ann', ({ api }) =>
    until(
      () => api.status(),
      ({ transfer }) => transfer !== null,
    ),
  );
  expect(await ann.api.status()).toMatchObject({ transfer: { done: 1, total: 3 }, syncedAt: null, generation: 0 });
  const query = { search: '', rule: null, sort: { key: 'id', descending: false } } as const;
  const { asOf, total } = await ann.api.contactPage(query, 0, 10);
  expect(total).toBe(1);
  expect(asOf.at === null || asOf.at > START).toBe(true);
  gate.resolve();
  await until(
    () => ann.api.status(),
    ({ transfer }) => transfer?.done === 3,
  );
  // Everything is here, but the first generation of it is still to be made.
  expect(await ann.api.status()).toMatchObject({ transfer: { done: 3, total: 3 }, syncedAt: null });
  await server.build();
  await synced(ann.service);
  await until(
    () => ann.api.status(),
    ({ syncedAt }) => syncedAt !== null,
  );
});

test('after a reload without the server it is away since it was last there, and before the first try nothing is said', async () => {
  const server = await workspace();
  const ann = await device(server, 'ann');
  const { syncedAt } = await until(
    () => ann.api.status(),
    (status) => status.syncedAt !== null,
  );
  await ann.stop(ann.service);
  server.up = false;
  const again = ann.start();
  const first = await again.api.status();
  expect(first).toMatchObject({ online: false });
  const { offlineSince } = await until(
    () => again.api.status(),
    (status) => status.offlineSince !== null,
  );
  expect(offlineSince).toBeGreaterThanOrEqual(syncedAt ?? Number.POSITIVE_INFINITY);
  const opened = (await again.api.status()).syncedAt;
  expect(offlineSince).toBe(opened);
  await ann.stop(again);
});
