/** The data worker against a real server in a real Chromium: first sync, working without the server, and coming back. */
import { expect, test } from 'vitest';
import { ask, until } from '#tests/support/data-page.ts';
import { dataReady } from '#tests/support/data-ready.ts';
import { saveSegment, setDataStage } from '#tests/support/data-stage.ts';
import { ADMIN } from '#tests/support/server.ts';

const stage = setDataStage();

test('signs in, brings all contacts, and answers pages, searches and cards', async () => {
  const { page } = stage;
  await stage.addContacts(250);
  await stage.signIn();
  await stage.waitForContacts(250);
  const answer = await ask(page, (data) =>
    data.contactPage({ search: '', rule: null, sort: { key: 'lastName', descending: true } }, 0, 3),
  );
  expect(answer.rows.map((row) => row.lastName)).toEqual(['Last99', 'Last98', 'Last97']);
  const found = await ask(page, (data) =>
    data.contactPage({ search: 'PERSON7@', rule: null, sort: { key: 'id', descending: false } }, 0, 10),
  );
  expect(found.rows.map((row) => row.email)).toEqual(['person7@example.com']);
  const session = await ask(page, (data) => data.session());
  expect(session).toMatchObject({ state: 'signedIn', user: { email: ADMIN.email } });
  expect(stage.problems).toEqual([]);
});

test('a change on the server shows without asking', async () => {
  const { page } = stage;
  await stage.signIn();
  await stage.waitForContacts(0);
  await page.evaluate(() => {
    Object.assign(window, { told: [] });
    const listener = ({ topic }: { topic: string }) => (window as unknown as { told: string[] }).told.push(topic);
    return window.data.observe(listener).then(() => undefined);
  });
  await stage.addContacts(3);
  await stage.waitForContacts(3);
  const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
  expect(told).toContain('columns');
});

test('a wrong password is told as such', async () => {
  await until(
    stage.page,
    (data) => data.session(),
    ({ state }) => state === 'signedOut',
  );
  const error = await ask(stage.page, (data) =>
    data.actions.signIn({ email: 'owner@shop.example.org', password: 'not this one' }).then(
      () => null,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toMatchObject({ code: 'unauthorized' });
});

test('reloads without the server, edits there, and the edits arrive when it is back', async () => {
  const { page, database } = stage;
  await stage.addContacts(50);
  await stage.signIn();
  await stage.waitForContacts(50);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await stage.waitForStatus('synced');

  await stage.stopServer();
  await page.reload();
  await stage.waitForStatus('offline');
  await stage.waitForContacts(50);
  const id = 1;
  await page.evaluate((contact) => window.data.editContact(contact, 'firstName', 'Renamed'), id);
  const segment = await saveSegment(page, 'Made offline');
  const refused = await page.evaluate(
    (contact) =>
      window.data.editContact(contact, 'email', 'no address').then(
        () => null,
        (reason: unknown) => reason,
      ),
    id,
  );
  expect(refused).toMatchObject({ code: 'invalid_input', field: 'email' });
  const action = await ask(page, (data) =>
    data.actions.listImports().then(
      () => null,
      (reason: unknown) => reason,
    ),
  );
  expect(action).toMatchObject({ code: 'offline' });

  // Another reload: what waits must outlive the worker.
  await page.reload();
  const waiting = await until(
    page,
    (data) => data.status(),
    (status) => status.waiting > 0,
  );
  expect(waiting.waiting).toBe(2);
  const card = await page.evaluate((contact) => window.data.contactCard(contact), id);
  expect(card?.row.firstName).toBe('Renamed');
  expect(card?.pending).toEqual(['firstName']);
  const answer = await ask(page, (data) =>
    data.segmentAnswer({ type: 'text', field: 'country', op: 'is', values: ['gb'] }, 0),
  );
  expect(answer.count).toBe(25);

  await stage.startServer();
  await stage.waitForStatus('synced');
  const rows = await database.db.query<{ first_name: string }>('select first_name from contact where id = $1', [id]);
  expect(rows).toEqual([{ first_name: 'Renamed' }]);
  const documents = await database.db.query("select body ->> 'name' as name from document where id = $1", [segment]);
  expect(documents).toEqual([{ name: 'Made offline' }]);
  const settled = await until(
    page,
    (data) => data.contactCard(1),
    (found) => found !== null && found.pending.length === 0,
  );
  expect(settled?.row.firstName).toBe('Renamed');
});

test('windows share one worker', async () => {
  await stage.addContacts(5);
  await stage.signIn();
  await stage.waitForContacts(5);
  const other = await stage.context.newPage();
  await other.goto(stage.url);
  await dataReady(other);
  expect(await ask(other, (data) => data.session())).toMatchObject({ state: 'signedIn' });
  await saveSegment(stage.page, 'From the first window');
  const docs = await ask(other, (data) => data.documents('segment'));
  expect(docs.map(({ body }) => body.name)).toEqual(['From the first window']);
});

test('a newer generation replaces the old one, its tail and its bytes', async () => {
  const { page } = stage;
  const stored = () =>
    page.evaluate(async () => {
      const name = (await indexedDB.databases()).map((one) => one.name ?? '').find((one) => one.endsWith('--chunks'));
      return new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open(name ?? '');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const counting = opening.result.transaction('attachments').objectStore('attachments').count();
          counting.onsuccess = () => {
            opening.result.close();
            resolve(counting.result);
          };
        };
      });
    });
  const generation = (above: number) =>
    until(
      page,
      (data) => data.status(),
      (status) => status.generation > above && status.transfer === null,
      60_000,
    );
  await stage.addContacts(1_500);
  await stage.signIn();
  await stage.waitForContacts(1_500);
  const { generation: first } = await generation(0);
  const before = await stored();
  expect(before).toBeGreaterThan(0);
  // More than a tail may hold, so that the server builds the chunks anew.
  await stage.database.db.query("update contact set last_name = 'Changed', last_name_fold = 'changed'");
  await stage.database.db.query(
    "insert into dirty (bucket, tbl, key) select (id % 64)::smallint, 'contact', id from contact",
  );
  await until(
    page,
    (data) => data.contactPage({ search: 'changed', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
    ({ total }) => total === 1_500,
  );
  await generation(first);
  const page2 = await ask(page, (data) =>
    data.contactPage({ search: 'changed', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
  );
  expect(page2.total).toBe(1_500);
  await expect.poll(stored).toBeLessThanOrEqual(before);
  // What was stored is what a start without the server finds.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await stage.stopServer();
  await page.reload();
  await stage.waitForContacts(1_500);
});
