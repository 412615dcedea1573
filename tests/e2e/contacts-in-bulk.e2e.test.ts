/**
 * The list of contacts as a marketer works in it: rows chosen by click, range and key, a tag for a few, a field for
 * everybody and back, a view that is kept, everything that has a tag, a person's own file, deletion and its way back;
 * and without the server a field of a few, a file of many, and the view.
 */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { seedManyContacts } from './support/many-contacts.ts';
import { createPerson, type Person } from './support/person.ts';
import { takeBoth } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';

/** 100,000 to look at speed and pictures by hand. */
const CONTACTS = Number(process.env.CONTACTS ?? 3_000);
const ALL = CONTACTS.toLocaleString('en-GB');

let server: RunningServer;
let browser: Browser;
let person: Person;

beforeAll(async () => {
  const dataDir = temporaryDataDir();
  await besideServer({ MUSTER_DATA_DIR: dataDir }, (deps) => seedManyContacts(deps, CONTACTS));
  server = await startServer({ dataDir });
  browser = await launchBrowser();
  person = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', acceptDownloads: true }),
  );
  await signIn(person.page, server.url);
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

test('contacts are chosen, changed at once, kept as a view, found by their tag, and given back', async () => {
  const { page } = person;
  onTestFailed(async () => {
    console.error(`${person.problems.join('\n')}\n${await page.locator('body').ariaSnapshot()}`);
  });
  const findings: string[] = [];
  // Their parts are on later pictures, too.
  const seenLater = ['everybody-chosen', 'tag', 'done'];
  /** Pictures are for people to judge; then nothing else is looked at. */
  const photograph = async (name: string) => {
    const folder = process.env.PICTURES;
    if (folder) await takeBoth(page, folder, name);
    else if (!seenLater.includes(name)) findings.push(...(await seriousFindings(page, name)));
  };
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const boxes = grid.getByRole('checkbox', { name: /^Choose / });
  const bar = page.getByRole('toolbar', { name: 'Chosen contacts' });
  const chosen = (count: string) => bar.getByText(`${count} chosen`, { exact: true }).waitFor();
  const strip = page.getByRole('region', { name: 'Changes of many contacts' });
  const dialog = page.getByRole('dialog');

  await page.getByRole('link', { name: 'Contacts', exact: true }).click();
  await boxes.nth(1).click();
  await boxes.nth(6).click({ modifiers: ['Shift'] });
  await chosen('6');
  await grid.focus();
  await page.keyboard.press('Control+a');
  await chosen(ALL);
  await photograph('everybody-chosen');
  await page.keyboard.press('Escape');
  await bar.waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  for (let row = 0; row < 3; row++) await page.keyboard.press('Shift+ArrowDown');
  await chosen('4');
  await page.keyboard.press('Shift+ArrowUp');
  await chosen('3');

  await bar.getByRole('button', { name: 'Tags' }).click();
  await page.getByRole('combobox', { name: 'Tag', exact: true }).fill('Big Spender');
  await photograph('tag');
  await page.getByRole('button', { name: 'Add tag' }).click();
  await dialog.getByText('Add tag “big spender”: 3 contacts').waitFor();
  await photograph('confirm');
  await dialog.getByRole('button', { name: 'Change 3 contacts' }).click();
  await strip.getByText('3 contacts changed.').waitFor();
  await strip.getByRole('button', { name: 'Put away' }).click();

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'big spender' }).click();
  await page.keyboard.press('Escape');
  await page.getByText(`3 of ${ALL}`).waitFor();
  await page.getByRole('button', { name: 'Save as view' }).click();
  await page.getByLabel('Name of the view').fill('Big spenders');
  await page.getByLabel('Everybody sees it').check();
  await page.getByRole('button', { name: 'Save view' }).click();
  const views = page.getByRole('navigation', { name: 'Views' });
  await views.getByRole('link', { name: 'Big spenders', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Revenue' }).click();
  await page.getByRole('img', { name: 'changed' }).waitFor();
  await photograph('view-changed');
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await page.getByRole('img', { name: 'changed' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More about the view Big spenders' }).click();
  await page.getByRole('menuitem', { name: 'Name and tags' }).click();
  await dialog.getByRole('combobox', { name: 'Tags' }).fill('Big spender');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Done' }).click();

  await views.getByRole('link', { name: 'Everybody' }).click();
  await page.getByText(ALL, { exact: true }).first().waitFor();
  await grid.focus();
  await page.keyboard.press('Control+a');
  await bar.getByRole('button', { name: 'Set a field' }).click();
  await dialog.getByRole('combobox', { name: 'Field' }).fill('Language');
  await page.getByRole('option', { name: 'Language' }).click();
  await dialog.getByLabel('New value').fill('eo');
  await photograph('field');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByText(`Set Language to “eo”: ${ALL} contacts`).waitFor();
  await dialog.getByRole('button', { name: `Change ${ALL} contacts` }).click();
  await strip.getByText(`${ALL} contacts changed.`).waitFor({ timeout: 120_000 });
  await photograph('done');
  await strip.getByRole('button', { name: 'Undo' }).click();
  await strip.getByText('Undo: Set Language to “eo”').waitFor();
  await strip.getByText(`${ALL} contacts changed.`).waitFor({ timeout: 120_000 });
  await strip.getByRole('button', { name: 'Put away' }).click();

  await page.goto(`${server.url}/tags`);
  await page.getByRole('link', { name: 'big spender' }).click();
  const people = page.getByRole('region', { name: 'Contacts' });
  await people.getByRole('link').nth(2).waitFor();
  await page.getByRole('region', { name: 'Views of contacts' }).getByRole('link', { name: 'Big spenders' }).waitFor();
  await photograph('tag-page');
  await people.getByRole('link').first().click();

  const card = page.getByRole('complementary', { name: 'Contact' });
  const addresses = card.getByRole('region', { name: 'Emails and phones' });
  await addresses.getByLabel('Another address').fill('Second@Mail.example');
  await addresses.getByRole('button', { name: 'Add' }).click();
  await addresses.getByText('second@mail.example').waitFor();
  await addresses.scrollIntoViewIfNeeded();
  await photograph('card');
  await card.getByRole('button', { name: 'More actions' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download everything about them' }).click();
  const everything: unknown = JSON.parse(await readFile(await (await download).path(), 'utf8'));
  expect(everything).toMatchObject({ format: 'muster-contact', tags: ['big spender'] });
  const name = (await card.getByRole('heading').first().innerText()).trim();
  await card.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete this contact' }).click();
  await card.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More about contacts' }).click();
  await page.getByRole('menuitem', { name: 'Deleted contacts' }).click();
  await page.getByRole('button', { name: `Restore ${name}` }).waitFor();
  await photograph('deleted');
  await page.getByRole('button', { name: `Restore ${name}` }).click();
  await page.getByText('Nobody is deleted').waitFor();

  await page.getByRole('link', { name: 'Contacts', exact: true }).first().click();
  await page.getByText(ALL, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: /^Sync: Synced/ }).waitFor();
  person.expectNoServer(true);
  await server.stop();
  await page.getByRole('button', { name: /^Sync: Offline/ }).waitFor();
  await boxes.nth(1).click();
  await boxes.nth(2).click();
  await bar.getByRole('button', { name: 'Set a field' }).click();
  await dialog.getByRole('combobox', { name: 'Field' }).fill('Town');
  await page.getByRole('option', { name: 'Town' }).click();
  await dialog.getByLabel('New value').fill('Lviv');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('2 contacts changed here').waitFor();
  await page.getByText(/2 waiting/).waitFor();
  await grid.focus();
  await page.keyboard.press('Control+a');
  await photograph('offline');
  const file = page.waitForEvent('download');
  await bar.getByRole('button', { name: 'Export CSV' }).click();
  const csv = await readFile(await (await file).path(), 'utf8');
  const lines = csv.trim().split('\r\n');
  expect(lines.length).toBe(CONTACTS + 1);
  expect(csv.startsWith('\uFEFFContact,External ID,Email,')).toBe(true);
  await page.keyboard.press('Escape');
  await views.getByRole('link', { name: 'Big spenders', exact: true }).click();
  await page.getByText(`3 of ${ALL}`).waitFor();
  expect(findings).toEqual([]);
  expect(person.problems).toEqual([]);
}, 600_000);
