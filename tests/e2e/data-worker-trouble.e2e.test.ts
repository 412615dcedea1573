/** What the data worker does when things go wrong: refusals, two editors, a restored server, damaged bytes, an ended session. */
import { expect, test } from 'vitest';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { ask, until } from '#tests/support/data-page.ts';
import { dataReady } from '#tests/support/data-ready.ts';
import { saveSegment, segments, setDataStage } from '#tests/support/data-stage.ts';
import { ADMIN } from '#tests/support/server.ts';

const stage = setDataStage();
const colleague = { ...caller, userId: 'colleague', name: 'Colleague' };

/** Somebody else changes a segment on the server. */
async function changeElsewhere(id: string, change: Record<string, unknown>): Promise<void> {
  const { sync } = stage.app.ports;
  const { epoch, documents } = await sync.pull(colleague, { epoch: null, after: 0, limit: 500 });
  const assumed = documents.find((document) => document.id === id);
  if (!assumed) throw new Error('The server does not have this document.');
  const next: Envelope = { ...assumed, body: { ...assumed.body, ...change } };
  const answer = await sync.push(colleague, { epoch, rows: [{ assumed, next }] });
  expect(answer).toEqual({ conflicts: [], refusals: [], same: [] });
}

const rename = (id: string, change: Record<string, unknown>) =>
  stage.page.evaluate(
    async ({ doc, patch }) => {
      const found = await window.data.document(doc);
      await window.data.saveDocument('segment', doc, { ...found?.body, ...patch });
    },
    { doc: id, patch: change },
  );

async function syncedSegment(): Promise<string> {
  await stage.signIn();
  const id = await saveSegment(stage.page, 'Old name', 'Old text');
  await stage.waitForStatus('synced');
  await until(
    stage.page,
    (data) => data.documents('segment'),
    ([doc]) => doc !== undefined && !doc.waiting,
  );
  return id;
}

test('two people edit different fields: both changes stand', async () => {
  const id = await syncedSegment();
  await stage.stopServer();
  await rename(id, { name: 'My name' });
  await stage.startServer();
  await changeElsewhere(id, { description: 'Their text' });
  await until(
    stage.page,
    (data) => data.documents('segment'),
    ([doc]) => doc !== undefined && !doc.waiting && doc.body.description === 'Their text',
  );
  expect(await segments(stage.page)).toEqual([
    { id, name: 'My name', text: 'Their text', waiting: false, refusal: null },
  ]);
  const [row] = await stage.database.db.query<{ body: unknown }>('select body from document where id = $1', [id]);
  expect(row?.body).toMatchObject({ name: 'My name', description: 'Their text' });
});

test('[REV-1] two people edit the same field: the later stands, the other is open for both', async () => {
  const id = await syncedSegment();
  await stage.stopServer();
  await rename(id, { name: 'My name' });
  await stage.startServer();
  await changeElsewhere(id, { name: 'Their name' });
  const kept = await until(
    stage.page,
    (data) => data.reviews(),
    (items) => items.length > 0,
  );
  const fields = [{ field: 'name', kept: 'My name', lost: 'Their name' }];
  expect(kept).toMatchObject([{ reason: 'merge', kind: 'segment', documentId: id, fields }]);
  await stage.waitForStatus('synced');
  const [review] = await stage.database.db.query<{ body: Record<string, unknown> }>(
    "select body from document where kind = 'review'",
  );
  expect(review?.body).toMatchObject({ lostBy: 'colleague', fields });
  await stage.page.evaluate((item) => window.data.settleReview(item, 'takeBack'), kept[0]?.id ?? '');
  await until(
    stage.page,
    (data) => data.reviews(),
    (items) => items.length === 0,
  );
  expect((await segments(stage.page)).map(({ name }) => name)).toEqual(['Their name']);
  await rename(id, { name: 'My name' });
  await stage.waitForStatus('synced');
  expect((await segments(stage.page)).map(({ name }) => name)).toEqual(['My name']);
});

test('what the server refuses is told with its reason, and the text is kept', async () => {
  await stage.addContacts(2);
  await stage.signIn();
  await stage.waitForContacts(2);
  await stage.stopServer();
  await ask(stage.page, (data) => data.editContact(2, 'town', 'Atlantis'));
  await stage.database.db.query('update contact set deleted_at = now() where id = 2');
  await stage.startServer();
  const status = await until(
    stage.page,
    (data) => data.status(),
    ({ refused, waiting }) => refused > 0 && waiting === 0,
  );
  expect(status).toMatchObject({ refused: 1, waiting: 0 });
  const [item] = await ask(stage.page, (data) => data.reviews());
  expect(item).toMatchObject({ reason: 'refused', contactId: 2, fields: [{ field: 'town', lost: 'Atlantis' }] });
  expect(item?.message).not.toBe('');
  await stage.page.evaluate((id) => window.data.settleReview(id, 'keep'), item?.id ?? '');
  await until(
    stage.page,
    (data) => data.status(),
    ({ refused }) => refused === 0,
  );
  expect(await ask(stage.page, (data) => data.reviews())).toEqual([]);
});

test('a server restored from a backup: everything is read anew, and what was never accepted is kept', async () => {
  const id = await syncedSegment();
  await stage.stopServer();
  const mine = await saveSegment(stage.page, 'Never seen by the server');
  await stage.database.db.query("update feed_counter set epoch = 'restored'");
  await stage.database.db.query('delete from document where id = $1', [id]);
  await stage.startServer();
  await until(
    stage.page,
    (data) => data.documents('segment'),
    (docs) => docs.length === 1 && docs[0]?.waiting === false,
  );
  expect((await segments(stage.page)).map((segment) => segment.id)).toEqual([mine]);
  const rows = await stage.database.db.query("select id from document where kind = 'segment'");
  expect(rows).toEqual([{ id: mine }]);
});

test('damaged bytes are noticed and fetched again', async () => {
  await stage.addContacts(40);
  await stage.signIn();
  await stage.waitForContacts(40);
  await until(
    stage.page,
    (data) => data.status(),
    ({ generation }) => generation > 0,
    60_000,
  );
  await stage.waitForStatus('synced');
  await stage.page.goto(`${stage.url}health`);
  const damaged = await stage.page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const name = (await indexedDB.databases()).map((one) => one.name ?? '').find((one) => one.endsWith('--chunks'));
    const db = await settled(indexedDB.open(name ?? ''));
    const store = db.transaction('attachments', 'readwrite').objectStore('attachments');
    const rows: { id: string }[] = await settled(store.getAll());
    for (const row of rows) await settled(store.put({ ...row, data: new Blob(['damaged']) }));
    db.close();
    return rows.length;
  });
  expect(damaged).toBeGreaterThan(0);
  await stage.page.goto(stage.url);
  await dataReady(stage.page);
  await stage.waitForContacts(40);
});

test('an ended session keeps the data and waits for a sign-in', async () => {
  await stage.addContacts(3);
  await stage.signIn();
  await stage.waitForContacts(3);
  await stage.waitForStatus('synced');
  await stage.context.clearCookies();
  await stage.stopServer();
  await stage.startServer();
  await until(
    stage.page,
    (data) => data.status(),
    ({ signInNeeded }) => signInNeeded,
  );
  await stage.waitForContacts(3);
  await saveSegment(stage.page, 'Written meanwhile');
  await stage.page.evaluate((admin) => window.data.actions.signIn(admin), ADMIN);
  await stage.waitForStatus('synced');
  const rows = await stage.database.db.query("select body ->> 'name' as name from document where kind = 'segment'");
  expect(rows).toEqual([{ name: 'Written meanwhile' }]);
});

test('signing out removes the data from this device', async () => {
  await stage.addContacts(3);
  await stage.signIn();
  await stage.waitForContacts(3);
  await stage.waitForStatus('synced');
  await ask(stage.page, (data) => data.actions.signOut('discard'));
  await until(
    stage.page,
    (data) => data.session(),
    ({ state }) => state === 'signedOut',
  );
  const left = await stage.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(left.filter((name) => name?.includes('documents') || name?.includes('chunks'))).toEqual([]);
  const error = await ask(stage.page, (data) =>
    data.documents('segment').then(
      () => null,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toMatchObject({ code: 'unauthorized' });
});

test('removals arrive, also of what the server never saw', async () => {
  const id = await syncedSegment();
  await stage.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await stage.stopServer();
  await stage.page.reload();
  await stage.waitForStatus('offline');
  const never = await saveSegment(stage.page, 'Thought better of it');
  await stage.page.evaluate((doc) => window.data.removeDocument(doc), never);
  await stage.page.evaluate((doc) => window.data.removeDocument(doc), id);
  expect(await segments(stage.page)).toEqual([]);
  expect(await ask(stage.page, (data) => data.status())).toMatchObject({ waiting: 2 });
  await stage.startServer();
  await stage.waitForStatus('synced');
  const alive = await stage.database.db.query("select id from document where kind = 'segment' and not deleted");
  expect(alive).toEqual([]);
  const [gone] = await stage.database.db.query('select deleted from document where id = $1', [id]);
  expect(gone).toEqual({ deleted: true });
  expect(await segments(stage.page)).toEqual([]);
  await stage.page.reload();
  await stage.waitForStatus('synced');
  expect(await segments(stage.page)).toEqual([]);
});
