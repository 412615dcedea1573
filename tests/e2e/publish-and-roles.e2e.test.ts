/**
 * What each role is offered, and the draft beside the published version, on real screens with a real server: a campaign
 * that waits keeps what is published, an administrator erases a contact, somebody without personal data sees numbers
 * instead of names, an auditor changes nothing.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { repeatCustomers } from '#renderer/features/segments/starters.ts';
import { createDemo } from '#server/demo/demo.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { roleWords } from '#shared/account/roles.ts';
import { must } from '#shared/kernel/assert.ts';
import { caller } from '#tests/support/caller.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ADMIN, type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { signIn } from './support/sign-in.ts';

const SEGMENT = 'waiting-segment';
const MESSAGE = 'waiting-message';
const CAMPAIGN = 'waiting-campaign';
const PASSWORD = 'a long first password';
const SUBJECT = 'Warm light, slow mornings';

let server: RunningServer;
let browser: Browser;
let contact: { id: number; email: string };
let anna: Person;
const findings: string[] = [];

async function comeIn(account: { email: string; password: string }): Promise<Person> {
  const person = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' }),
  );
  const { page } = person;
  await signIn(page, server.url, account);
  return person;
}

beforeAll(async () => {
  server = await startServer({ env: { MUSTER_TIME_ZONE: 'Europe/London' } });
  contact = await besideServer({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) }, async (deps) => {
    await createDemo(deps).load(caller);
    const createdAt = deps.now();
    await deps.db.tx(async (tx) => {
      await writeDocument(tx, 'segment', SEGMENT, { ...repeatCustomers, createdAt });
      await writeDocument(tx, 'message', MESSAGE, {
        name: 'December news',
        subject: SUBJECT,
        preheader: '',
        format: 'html',
        source: '<p>Warm light, slow mornings</p>',
        createdAt,
      });
      await writeDocument(tx, 'campaign', CAMPAIGN, {
        name: 'Advent',
        messageId: MESSAGE,
        segmentId: SEGMENT,
        scheduledAt: null,
        createdAt,
      });
    });
    const [row] = await deps.db.query<{ id: number; email: string }>(
      'select id::int, email from contact where email is not null order by id limit 1',
    );
    return must(row, 'a contact of the demo shop');
  });
  browser = await launchBrowser();
  anna = await comeIn(ADMIN);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

function keepPicture(...people: (Person | undefined)[]): void {
  onTestFailed(async () => {
    for (const person of people) {
      if (!person) continue;
      const path = join(tmpdir(), `muster-roles-${Date.now()}.png`);
      await person.page.screenshot({ path });
      console.error(`${path}\n${person.problems.join('\n')}\n${await person.page.locator('body').ariaSnapshot()}`);
    }
  });
}

const open = (page: Page, path: string) => page.goto(`${server.url}${path}`);
const synced = (page: Page) => page.getByRole('button', { name: /^Sync: Synced/ });
const body = async (id: string): Promise<Record<string, unknown>> =>
  besideServer({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) }, async ({ db }) => {
    const rows = await db.query<{ body: Record<string, unknown> }>('select body from document where id = $1', [id]);
    return must(rows[0], id).body;
  });

test('a waiting campaign keeps what is published until somebody publishes', { timeout: 240_000 }, async () => {
  keepPicture(anna);
  const { page, see, click, type } = anna;
  await open(page, `/segments/${SEGMENT}`);
  await type(page.getByLabel('Orders: number'), '5');
  const bar = page.getByRole('region', { name: 'Unpublished changes' });
  await see(bar);
  findings.push(...(await seriousFindings(page, 'segment with a draft')));
  await see(synced(page));
  expect(await body(SEGMENT)).toMatchObject({
    rule: { rules: [{ value: 5 }] },
    live: { rule: { rules: [{ value: 2 }] } },
  });

  await click('Publish…', bar.getByRole('button', { name: 'Publish…' }));
  const sheet = page.getByRole('dialog', { name: 'Publish this segment?' });
  await see(sheet.getByText('Nobody', { exact: true }));
  await see(sheet.getByRole('region', { name: 'Go out' }).getByText(/^−[\d,]+$/));
  await see(sheet.getByRole('link', { name: 'Advent' }));
  findings.push(...(await seriousFindings(page, 'publishing a segment')));
  await click('Publish', sheet.getByRole('button', { name: 'Publish', exact: true }));
  await bar.waitFor({ state: 'detached' });
  await expect
    .poll(async () => (await body(SEGMENT)).live, { timeout: 30_000 })
    .toMatchObject({ rule: { rules: [{ value: 5 }] } });

  await open(page, `/messages/${MESSAGE}`);
  await type(page.getByLabel('Subject'), 'Another subject');
  await see(bar);
  await open(page, `/campaigns/${CAMPAIGN}`);
  await see(page.getByText('its unpublished changes are not sent'));
  await see(page.getByText(SUBJECT).first());
  await open(page, `/messages/${MESSAGE}`);
  await click('Publish…', bar.getByRole('button', { name: 'Publish…' }));
  const mailSheet = page.getByRole('dialog', { name: 'Publish this message?' });
  await see(mailSheet.getByText('Draft', { exact: true }));
  findings.push(...(await seriousFindings(page, 'publishing a message')));
  await click('Not yet', mailSheet.getByRole('button', { name: 'Not yet' }));
  await click('Discard', bar.getByRole('button', { name: 'Discard draft…' }));
  await click('Discard draft', page.getByRole('dialog').getByRole('button', { name: 'Discard draft' }));
  await bar.waitFor({ state: 'detached' });
  expect(await page.getByLabel('Subject').inputValue()).toBe(SUBJECT);
});

test('an administrator erases a contact, after typing it', { timeout: 120_000 }, async () => {
  keepPicture(anna);
  const { page, see, click, type } = anna;
  const card = page.getByRole('complementary', { name: 'Contact' });
  await open(page, `/contacts/${contact.id}`);
  await see(card.getByText(contact.email).first());
  await click('More actions', card.getByRole('button', { name: 'More actions' }));
  await click('Erase', page.getByRole('menuitem', { name: 'Erase this contact…' }));
  const dialog = page.getByRole('dialog', { name: /^Erase / });
  const erase = dialog.getByRole('button', { name: 'Erase for good' });
  expect(await erase.isDisabled()).toBe(true);
  findings.push(...(await seriousFindings(page, 'erasing a contact')));
  await type(dialog.getByLabel('Type “ERASE” to go on'), 'ERASE');
  await click('Erase for good', erase);
  await see(page.getByText('The contact is erased.'));
  await open(page, `/contacts/${contact.id}`);
  await see(card.getByText('This contact is not here'));
});

test('a device may keep no names, and gets them back when it wants them again', { timeout: 240_000 }, async () => {
  keepPicture(anna);
  const { page, see, click } = anna;
  const form = page.getByRole('region', { name: 'What this device keeps' });
  const names = form.getByRole('switch', { name: 'Names, addresses and other personal values' });
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await open(page, '/sync');
  await see(form);
  await names.focus();
  await page.keyboard.press('Space');
  await see(form.getByText(/are deleted from this device and cannot be read from it any more/));
  await click('Keep less…', form.getByRole('button', { name: 'Keep less…' }));
  const dialog = page.getByRole('dialog', { name: 'Keep less on this device?' });
  findings.push(...(await seriousFindings(page, 'keeping less')));
  await click('Delete', dialog.getByRole('button', { name: 'Delete from this device' }));
  await see(page.getByText('This device keeps less from now on.'));
  await open(page, '/contacts');
  await see(grid.getByText(/^Contact \d+$/).first());
  expect(await grid.getByText('@').count()).toBe(0);
  await open(page, '/sync');
  await see(form);
  expect(await names.isChecked()).toBe(false);
  await names.focus();
  await page.keyboard.press('Space');
  await click('Keep more', form.getByRole('button', { name: 'Keep more' }));
  await see(page.getByText('What was missing is downloaded.'));
  await open(page, '/contacts');
  await see(grid.getByText('@').first());
});

async function addMember(name: string, email: string, role: string): Promise<void> {
  const { page, click, type, see } = anna;
  await open(page, '/settings/members');
  await click('Add member', page.getByRole('button', { name: 'Add member' }));
  const dialog = page.getByRole('dialog', { name: 'Add a member' });
  await type(dialog.getByLabel('Name'), name);
  await type(dialog.getByLabel('Email'), email);
  await type(dialog.getByLabel('First password', { exact: true }), PASSWORD);
  await click('Role', dialog.getByRole('combobox', { name: 'Role' }));
  await click(role, page.getByRole('option', { name: role, exact: true }));
  await click('Add', dialog.getByRole('button', { name: 'Add member' }));
  await see(page.getByRole('table', { name: 'Members' }).getByText(email));
}

test('without personal data contacts are numbers, and nothing is offered that would be refused', {
  timeout: 240_000,
}, async () => {
  await addMember('Chloé', 'chloe@agency.example.org', roleWords.marketerNoPersonal.name);
  const chloe = await comeIn({ email: 'chloe@agency.example.org', password: PASSWORD });
  keepPicture(anna, chloe);
  const { page, see } = chloe;
  await open(page, '/contacts');
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await see(grid.getByText(/^Contact \d+$/).first());
  const heads = await grid.getByRole('columnheader').allTextContents();
  expect(heads).not.toEqual(expect.arrayContaining(['Email']));
  expect(heads).not.toEqual(expect.arrayContaining(['First name']));
  expect(await page.locator('body').innerText()).not.toContain('@mail');
  expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0);
  findings.push(...(await seriousFindings(page, 'contacts without names')));
  await open(page, '/settings/members');
  await see(page.getByText(`Your role is ${roleWords.marketerNoPersonal.name}`));
  await open(page, '/settings/api-keys');
  await see(page.getByRole('heading', { name: 'For administrators' }));
  expect(chloe.problems).toEqual([]);
});

test('an auditor sees everything and changes nothing', { timeout: 240_000 }, async () => {
  await addMember('Audrey', 'audrey@agency.example.org', roleWords.auditor.name);
  const audrey = await comeIn({ email: 'audrey@agency.example.org', password: PASSWORD });
  keepPicture(anna, audrey);
  const { page, see } = audrey;
  await see(synced(page));
  await open(page, `/segments/${SEGMENT}`);
  await see(page.getByText('Your role sees this and does not change it (Auditor).'));
  expect(await page.getByLabel('Orders: number').isDisabled()).toBe(true);
  await open(page, `/messages/${MESSAGE}`);
  await see(page.getByLabel('Subject'));
  expect(await page.getByLabel('Subject').isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Use in a campaign' }).count()).toBe(0);
  findings.push(...(await seriousFindings(page, 'a message, read only')));
  await open(page, '/segments');
  await see(page.getByRole('link', { name: 'Repeat customers' }));
  expect(await page.getByRole('button', { name: 'New segment' }).count()).toBe(0);
  expect(audrey.problems).toEqual([]);
});

test('a device signed out from the list loses what it holds', { timeout: 240_000 }, async () => {
  const second = await comeIn(ADMIN);
  keepPicture(anna, second);
  await second.see(synced(second.page));
  await open(second.page, '/contacts');
  await second.see(second.page.getByRole('grid', { name: 'Contacts' }).getByText('@').first());
  const { page, see, click } = anna;
  await open(page, '/settings/devices');
  const list = page.getByRole('list', { name: 'Devices' });
  await see(list.getByText('This device'));
  await expect.poll(() => list.getByRole('listitem').count()).toBeGreaterThan(3);
  const own = list.getByRole('listitem').filter({ hasText: 'you' }).filter({ hasNotText: 'This device' });
  // It says what it holds once it has everything.
  await see(own.first().getByText(/Holds [\d,]+ contacts with names/));
  findings.push(...(await seriousFindings(page, 'devices')));
  await click('Sign out', own.first().getByRole('button', { name: /^Sign out/ }));
  const dialog = page.getByRole('dialog', { name: /^Sign out / });
  await see(dialog.getByText(/it deletes [\d,]+ contacts with names/));
  await click('Sign out and delete', dialog.getByRole('button', { name: 'Sign out and delete' }));
  second.expectNoServer(true);
  await second.see(second.page.getByRole('button', { name: 'Sign in' }));
  await second.see(second.page.getByText('You were signed out here'));
  await see(list.getByText('Its data is deleted'));
  expect(findings).toEqual([]);
  expect(anna.problems).toEqual([]);
});
