/**
 * Two people change the same segment, contact and message without the server, and it comes back. Real server with its own
 * PostgreSQL, two browsers with two members. What only one of them changed is in the result; where both changed the same,
 * the later in the server's order stands and the other version is in both people's Review. The Sync screen alone tells
 * each what the other did, and that nothing of their own is lost.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { repeatCustomers } from '#renderer/features/segments/starters.ts';
import { createDemo } from '#server/demo/demo.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { must } from '#shared/kernel/assert.ts';
import { caller } from '#tests/support/caller.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ADMIN, freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { signIn } from './support/sign-in.ts';

const BORYS = { name: 'Borys Коваленко', email: 'borys@willow.example.org', password: 'a long first password' };
/** What each of them writes while the server is away. `town`, `orders` and `subject` are written by both. */
const texts = {
  anna: { orders: '4', description: 'For the winter mailing', town: 'Bath', subject: 'Warm light, slow evenings' },
  borys: {
    orders: '3',
    name: 'Loyal in December',
    town: 'Львів',
    subject: 'Three small things',
    phone: '+380441234567',
  },
};
const SEGMENT = 'shared-segment';
const MESSAGE = 'shared-message';

let port: number;
let dataDir: string;
let server: RunningServer;
let browser: Browser;
let contactId: number;
let anna: Person;
let borys: Person;
const findings: string[] = [];

async function start(): Promise<void> {
  server = await startServer({ port, dataDir, env: { MUSTER_TIME_ZONE: 'Europe/London' } });
}

async function comeIn(account: { email: string; password: string }): Promise<Person> {
  const person = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' }),
  );
  const { page } = person;
  await signIn(page, server.url, account);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  return person;
}

beforeAll(async () => {
  port = await freePort();
  dataDir = temporaryDataDir();
  await start();
  contactId = await besideServer({ MUSTER_DATA_DIR: dataDir, MUSTER_PORT: String(port) }, async (deps) => {
    await createDemo(deps).load(caller);
    const createdAt = deps.now();
    await deps.db.tx(async (tx) => {
      await writeDocument(tx, 'segment', SEGMENT, { ...repeatCustomers, createdAt });
      await writeDocument(tx, 'message', MESSAGE, {
        name: 'December news',
        subject: 'Warm light, slow mornings',
        preheader: 'Before the snow',
        format: 'html',
        source: '<p>Warm light, slow mornings</p>',
        createdAt,
      });
    });
    const [row] = await deps.db.query<{ id: number }>('select min(id)::int as id from contact');
    return must(row, 'a contact of the demo shop').id;
  });
  browser = await launchBrowser();
  anna = await comeIn(ADMIN);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

function keepPictures(): void {
  onTestFailed(async () => {
    for (const [name, person] of Object.entries({ anna, borys })) {
      if (!person) continue;
      const path = join(tmpdir(), `muster-two-people-${name}-${Date.now()}.png`);
      await person.page.screenshot({ path });
      console.error(`${path}\n${person.problems.join('\n')}\n${await person.page.locator('body').ariaSnapshot()}`);
    }
  });
}

const pill = (page: Page) => page.getByRole('button', { name: /^Sync: / });
const synced = (page: Page) => page.getByRole('button', { name: /^Sync: Synced/ });
const go = async (page: Page, path: string, shows: Locator) => {
  await page.goto(`${server.url}${path}`);
  await shows.waitFor();
};

async function editField(page: Page, label: string, text: string): Promise<void> {
  const card = page.getByRole('complementary', { name: 'Contact' });
  await card.getByRole('button', { name: new RegExp(`^(Edit|Add) ${label}`) }).click();
  await card.getByRole('textbox', { name: label }).fill(text);
  await page.keyboard.press('Enter');
  await card.getByRole('img', { name: `${label} is waiting to sync` }).waitFor();
}

async function editEverything(
  { page, type }: Person,
  own: { orders: string; town: string; subject: string; description?: string; name?: string; phone?: string },
): Promise<void> {
  const card = page.getByRole('complementary', { name: 'Contact' });
  await go(page, `/contacts/${contactId}`, card.getByRole('button', { name: /^(Edit|Add) Town/ }));
  await editField(page, 'Town', own.town);
  if (own.phone) await editField(page, 'Phone', own.phone);
  await go(page, `/segments/${SEGMENT}`, page.getByLabel('Orders: number'));
  await type(page.getByLabel('Orders: number'), own.orders);
  if (own.description) await type(page.getByLabel('Description'), own.description);
  if (own.name) await type(page.getByLabel('Name', { exact: true }), own.name);
  await page.getByText('Saved locally · waiting to sync').waitFor();
  await go(page, `/messages/${MESSAGE}`, page.getByLabel('Subject'));
  await type(page.getByLabel('Subject'), own.subject);
  await page.getByText('Saved locally · waiting to sync').waitFor();
}

/** What the server has, and which of the two wrote last where both wrote. */
async function onServer(): Promise<{ segment: Record<string, unknown>; subject: unknown; contact: unknown }> {
  return besideServer({ MUSTER_DATA_DIR: dataDir, MUSTER_PORT: String(port) }, async ({ db }) => {
    const body = async (id: string) =>
      must((await db.query<{ body: Record<string, unknown> }>('select body from document where id = $1', [id]))[0], id)
        .body;
    const [contact] = await db.query('select town, phone from contact where id = $1', [contactId]);
    return { segment: await body(SEGMENT), subject: (await body(MESSAGE)).subject, contact };
  });
}

test('an administrator adds a member, who signs in with the first password', { timeout: 120_000 }, async () => {
  keepPictures();
  const { page, see, click, type } = anna;
  await go(page, '/settings/members', page.getByRole('table', { name: 'Members' }));
  await click('Add member', page.getByRole('button', { name: 'Add member' }));
  const dialog = page.getByRole('dialog', { name: 'Add a member' });
  await type(dialog.getByLabel('Name'), BORYS.name);
  await type(dialog.getByLabel('Email'), BORYS.email);
  await type(dialog.getByLabel('First password', { exact: true }), BORYS.password);
  findings.push(...(await seriousFindings(page, 'adding a member')));
  await click('Add member, in the dialog', dialog.getByRole('button', { name: 'Add member' }));
  await see(page.getByRole('table', { name: 'Members' }).getByText(BORYS.email));
  findings.push(...(await seriousFindings(page, 'members')));
  borys = await comeIn(BORYS);
  await see(synced(anna.page));
  await see(synced(borys.page));
  // Both devices hold the contacts before the server goes.
  for (const person of [anna, borys]) {
    await go(person.page, '/contacts', person.page.getByRole('grid', { name: 'Contacts' }).getByText('@').first());
  }
});

test('what two people changed apart is joined, and what gave way is with both', { timeout: 300_000 }, async () => {
  keepPictures();
  const people = [anna, borys] as const;
  for (const person of people) person.expectNoServer(true);
  await server.stop();
  await Promise.all(people.map(({ page, see }) => see(page.getByRole('button', { name: /^Sync: Offline/ }))));
  await editEverything(anna, texts.anna);
  await editEverything(borys, texts.borys);
  // Each sees their own changes waiting.
  for (const [{ page, see }, count, changed] of [
    [anna, 3, texts.anna.description],
    [borys, 3, texts.borys.phone],
  ] as const) {
    await go(page, '/sync', page.getByRole('region', { name: 'Waiting to be sent' }));
    const waiting = page.getByRole('region', { name: 'Waiting to be sent' });
    await see(waiting.getByRole('link', { name: 'December news' }));
    await expect.poll(() => waiting.getByRole('listitem').count()).toBe(count);
    await see(waiting.getByText(/^Subject: /));
    await see(waiting.getByText(changed));
  }
  findings.push(...(await seriousFindings(anna.page, 'sync, offline')));

  await start();
  for (const { page, see } of people) {
    await see(page.getByRole('button', { name: /^Sync: Synced · 3 to review$/ }));
    await see(page.getByText('Everything of yours is on the server.'));
  }
  const result = await onServer();
  expect(result.segment).toMatchObject({ name: texts.borys.name, description: texts.anna.description });
  expect(result.contact).toMatchObject({ phone: texts.borys.phone });
  const orders = /"value":(\d)/.exec(JSON.stringify(result.segment.rule))?.[1];
  expect([texts.anna.orders, texts.borys.orders]).toContain(orders);
  expect([texts.anna.subject, texts.borys.subject]).toContain(result.subject);

  // The Sync screen alone says what the other did.
  for (const [{ page, see }, other] of [
    [anna, BORYS.name],
    [borys, 'owner'],
  ] as const) {
    const list = page.getByRole('region', { name: 'Changed by others' });
    for (const what of ['segment', 'contact', 'message']) {
      await see(
        list
          .getByRole('listitem')
          .filter({ hasText: `${other}changed ${what}` })
          .first(),
      );
    }
    await see(list.getByText('Town').first());
    // The contact's, too, says whose version stands; and nothing of one's own is there.
    await see(list.getByText(/^Your version of Town (stands|gave way) · Review$/));
    expect(await list.getByText('You, on another device').count()).toBe(0);
    findings.push(...(await seriousFindings(page, 'sync')));
    // The merged result is on both screens.
    await page
      .getByRole('link', { name: 'Review', exact: true })
      .or(page.getByRole('link', { name: /^Review 3$/ }))
      .first()
      .click();
    await see(page.getByRole('article', { name: `Segment ${texts.borys.name}` }));
    await see(page.getByRole('article', { name: 'Message December news' }));
    const versions = await page.getByRole('article').allInnerTexts();
    const all = versions.join('\n');
    for (const text of [texts.anna.town, texts.borys.town, texts.anna.subject, texts.borys.subject]) {
      expect(all).toContain(text);
    }
    expect(all).toContain(`Orders ≥ ${texts.anna.orders}`);
    expect(all).toContain(`Orders ≥ ${texts.borys.orders}`);
    findings.push(...(await seriousFindings(page, 'review')));
  }
  for (const person of people) person.expectNoServer(false);
});

test('either version can be taken back, by each for themselves', { timeout: 180_000 }, async () => {
  keepPictures();
  const { page, see, click } = anna;
  const before = await onServer();
  const message = page.getByRole('article', { name: 'Message December news' });
  const mine = before.subject === texts.anna.subject;
  const use = message.getByRole('button', { name: mine ? `Use ${BORYS.name}’s version` : 'Use my version' });
  await click('Use the version that gave way', use);
  await see(page.getByRole('button', { name: 'Undo', exact: true }));
  await see(page.getByRole('link', { name: /^Review 2$/ }));
  const other = mine ? texts.borys.subject : texts.anna.subject;
  await expect.poll(async () => (await onServer()).subject, { timeout: 30_000 }).toBe(other);
  const segment = page.getByRole('article', { name: `Segment ${texts.borys.name}` });
  await click('Keep what stands', segment.getByRole('button', { name: /^Keep .* version$/ }));
  await see(page.getByRole('link', { name: /^Review 1$/ }));
  // Anna decided for herself. What she took back leaves Borys nothing to decide; his other two are still his.
  await see(borys.page.getByRole('link', { name: /^Review 2$/ }));
  await go(borys.page, `/messages/${MESSAGE}`, borys.page.getByLabel('Subject'));
  await expect.poll(() => borys.page.getByLabel('Subject').inputValue(), { timeout: 30_000 }).toBe(other);
  await see(pill(page));
  expect(findings).toEqual([]);
  expect([...anna.problems, ...borys.problems]).toEqual([]);
});
