/**
 * A server put back to a backup under a browser that was ahead of it: real backup file, real restore, real Chromium.
 * What the device had not sent is sent; what only devices still know is kept in Review; nothing is lost silently.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyBackup, writeWhole } from '#server/backup/backup-file.ts';
import { restoreBackup } from '#server/backup/restore.ts';
import { writeBackup } from '#server/backup/write-backup.ts';
import { ask, until } from '#tests/support/data-page.ts';
import { dataReady } from '#tests/support/data-ready.ts';
import { saveSegment, setDataStage } from '#tests/support/data-stage.ts';
import { ADMIN } from '#tests/support/server.ts';

const stage = setDataStage();
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-restored-'));
  path = join(folder, 'shop.backup');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const backUp = () =>
  writeWhole(path, { force: true }, (sink) => writeBackup(stage.database.db, sink, { version: 'test', now: Date.now }));

/** Everything gone, then the backup: what an operator does after losing the database. */
async function restore(): Promise<void> {
  const { db } = stage.database;
  await db.query('drop schema public cascade');
  await db.query('create schema public');
  await restoreBackup(db, path, await verifyBackup(path));
}

const rename = (id: string, change: Record<string, unknown>) =>
  stage.page.evaluate(
    async ({ doc, patch }) => {
      const found = await window.data.document(doc);
      await window.data.saveDocument('segment', doc, { ...found?.body, ...patch });
    },
    { doc: id, patch: change },
  );

const settled = async (): Promise<void> => {
  await stage.waitForStatus('synced');
  await until(
    stage.page,
    (data) => data.documents('segment'),
    (docs) => docs.every(({ waiting }) => !waiting),
  );
};

const nameOnServer = async (id: string): Promise<unknown> => {
  const rows = await stage.database.db.query("select body ->> 'name' as name from document where id = $1", [id]);
  return rows[0]?.name ?? null;
};

const restoredReviews = async () => {
  const rows = await stage.database.db.query<{ body: { about: { id: string }; fields: unknown[] } }>(
    "select body from document where kind = 'review' and body ->> 'reason' = 'restored' order by rev",
  );
  return rows.map(({ body }) => body);
};

/** The person comes back, as everybody has to after a restore. */
async function signInAgain(): Promise<void> {
  await until(
    stage.page,
    (data) => data.status(),
    ({ signInNeeded }) => signInNeeded,
  );
  await stage.page.evaluate((admin) => window.data.actions.signIn(admin), ADMIN);
}

test('[EPOCH-1] a device that was ahead of the restored server keeps what it had not sent, and sends it', async () => {
  await stage.addContacts(3);
  await stage.signIn();
  await stage.waitForContacts(3);
  const before = await saveSegment(stage.page, 'Before the backup');
  await settled();
  await backUp();
  await stage.addContacts(5);
  await stage.waitForContacts(5);
  await stage.stopServer();

  const unsent = await saveSegment(stage.page, 'Never sent');
  await rename(before, { name: 'Renamed, not sent' });
  await ask(stage.page, (data) => data.editContact(2, 'town', 'Unsent Town'));
  await restore();
  await stage.startServer();
  await signInAgain();
  // The contacts made after the backup are gone, as on the server.
  await stage.waitForContacts(3);
  await settled();
  expect(await nameOnServer(unsent)).toBe('Never sent');
  expect(await nameOnServer(before)).toBe('Renamed, not sent');
  expect(await stage.database.db.query('select town from contact where id = 2')).toEqual([{ town: 'Unsent Town' }]);
  const card = await ask(stage.page, (data) => data.contactCard(2));
  expect(card?.row.town).toBe('Unsent Town');
  expect(stage.problems).toEqual([]);
});

test('[EPOCH-2] what the server had accepted after the backup is kept in Review and can be taken back', async () => {
  await stage.addContacts(3);
  await stage.signIn();
  await stage.waitForContacts(3);
  const changed = await saveSegment(stage.page, 'As in the backup');
  const untouched = await saveSegment(stage.page, 'Untouched');
  await settled();
  await backUp();

  await rename(changed, { name: 'Accepted after the backup' });
  const made = await saveSegment(stage.page, 'Made after the backup');
  await ask(stage.page, (data) => data.editContact(1, 'town', 'Lost Town'));
  await settled();
  expect(await nameOnServer(changed)).toBe('Accepted after the backup');
  await stage.stopServer();
  await restore();
  await stage.startServer();
  await signInAgain();
  await expect.poll(restoredReviews, { timeout: 20_000 }).toHaveLength(3);
  await settled();

  // The server's past stands until somebody decides otherwise.
  expect(await nameOnServer(changed)).toBe('As in the backup');
  expect(await nameOnServer(made)).toBeNull();
  const reviews = new Map((await restoredReviews()).map((review) => [review.about.id, review]));
  expect(reviews.has(untouched)).toBe(false);
  expect(reviews.get(changed)).toMatchObject({
    about: { kind: 'segment', name: 'Accepted after the backup' },
    fields: [{ field: 'name', kept: 'As in the backup', lost: 'Accepted after the backup' }],
  });
  expect(reviews.get(made)).toMatchObject({ about: { kind: 'segment', name: 'Made after the backup' } });
  expect([...reviews.values()].find(({ about }) => 'contactId' in about && about.contactId === 1)).toMatchObject({
    fields: [{ field: 'town', lost: 'Lost Town' }],
  });

  // A reload compares nothing twice.
  await stage.page.reload();
  await dataReady(stage.page);
  await stage.waitForStatus('synced');
  expect(await restoredReviews()).toHaveLength(3);

  // One click each: what gave way is an ordinary edit again.
  const items = await ask(stage.page, (data) => data.reviews());
  expect(items.map(({ reason }) => reason)).toEqual(['restored', 'restored', 'restored']);
  for (const { id } of items) await stage.page.evaluate((one) => window.data.settleReview(one, 'takeBack'), id);
  expect(await ask(stage.page, (data) => data.reviews())).toEqual([]);
  await settled();
  expect(await nameOnServer(changed)).toBe('Accepted after the backup');
  expect(await nameOnServer(made)).toBe('Made after the backup');
  expect(await nameOnServer(untouched)).toBe('Untouched');
  expect(await stage.database.db.query('select town from contact where id = 1')).toEqual([{ town: 'Lost Town' }]);
  expect(stage.problems).toEqual([]);
});

test('[EPOCH-1] a server that keeps running while its database is restored answers sanely', async () => {
  await stage.signIn();
  const kept = await saveSegment(stage.page, 'In the backup');
  await settled();
  await backUp();
  const lost = await saveSegment(stage.page, 'Only on this device');
  await settled();
  await restore();
  const health = await fetch(`${stage.url}health`);
  expect(health.status).toBe(200);
  await signInAgain();
  await expect.poll(restoredReviews, { timeout: 20_000 }).toHaveLength(1);
  await settled();
  expect(await nameOnServer(kept)).toBe('In the backup');
  expect((await restoredReviews())[0]?.about.id).toBe(lost);
});
