/** Additional fields on real screens with a real server: made in the settings, filled in offline, asked for, deleted. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { writeContact } from '#server/identity/write-contacts.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { takeBoth } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';

const ZONE = { MUSTER_TIME_ZONE: 'Europe/London' };
let server: RunningServer;
let browser: Browser;
let anna: Person;
let contactId = 0;
const findings: string[] = [];

const env = () => ({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) });

beforeAll(async () => {
  server = await startServer({ env: ZONE });
  contactId = await besideServer(env(), ({ db }) =>
    db.tx(async (tx) => {
      const values = { email: 'ivy@shop.example', firstName: 'Ivy', lastName: 'Lane' };
      const { id } = await writeContact(tx, { values }, { source: 'API', now: Date.now() });
      await writeContact(tx, { values: { email: 'max@shop.example' } }, { source: 'API', now: Date.now() });
      return id;
    }),
  );
  browser = await launchBrowser();
  anna = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' }),
  );
  const { page } = anna;
  await signIn(page, server.url);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

test('a field is made, filled in without the server, asked for in a filter and deleted', {
  timeout: 240_000,
}, async () => {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-fields-${Date.now()}.png`);
    await anna.page.screenshot({ path });
    console.error(`${path}\n${anna.problems.join('\n')}\n${await anna.page.locator('body').ariaSnapshot()}`);
  });
  const { page, see } = anna;
  const shot = async (name: string) => {
    const folder = process.env.FIELD_PICTURES;
    if (!folder) return;
    await takeBoth(page, folder, name);
  };

  await page.goto(`${server.url}/settings/fields`);
  const personal = page.getByRole('region', { name: 'Personal' });
  await see(personal.getByText('Birthday', { exact: true }));
  await see(personal.getByText('PERSONAL.GENDER'));
  await page.getByRole('button', { name: 'New field' }).click();
  const dialog = page.getByRole('dialog', { name: 'New field' });
  await dialog.getByLabel('Name', { exact: true }).fill('Favourite plants');
  expect(await dialog.getByLabel('Key', { exact: true }).inputValue()).toBe('FAVOURITE_PLANTS');
  await dialog.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: 'Multiple choice' }).click();
  await dialog.getByRole('button', { name: 'Add field' }).click();
  await see(dialog.getByText('Enter the values that can be chosen'));
  const values = dialog.getByLabel('Values to choose from');
  for (const value of ['Fern', 'Ivy', 'Moss']) {
    await values.fill(value);
    await values.press('Enter');
  }
  await dialog.getByLabel('List', { exact: true }).fill('Garden');
  await shot('dialog');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  const garden = page.getByRole('region', { name: 'Garden' });
  await see(garden.getByText('GARDEN.FAVOURITE_PLANTS'));
  findings.push(...(await seriousFindings(page, 'contact fields')));
  await shot('fields');

  await page.goto(`${server.url}/contacts/${contactId}`);
  const card = page.getByRole('complementary', { name: 'Contact' });
  await see(card.getByRole('heading', { name: 'Garden' }));
  await page.getByRole('button', { name: /^Sync: Synced/ }).waitFor();
  anna.expectNoServer(true);
  await server.stop();
  await card.getByRole('button', { name: 'Add Favourite plants' }).click();
  await page.getByRole('option', { name: 'Moss' }).click();
  await page.getByRole('option', { name: 'Fern' }).click();
  await shot('choosing');
  await page.keyboard.press('Tab');
  await see(card.getByRole('button', { name: 'Edit Favourite plants: Fern, Moss' }));
  await see(card.getByRole('img', { name: 'Favourite plants is waiting to sync' }));
  await card.getByRole('button', { name: 'Add Birthday' }).click();
  await card.getByLabel('Birthday').fill('1990-02-01');
  await page.keyboard.press('Enter');
  await see(card.getByRole('button', { name: 'Edit Birthday: 1 Feb 1990' }));
  await card.getByRole('button', { name: 'Add Gender' }).click();
  await page.getByRole('option', { name: 'Female' }).click();
  await see(card.getByRole('button', { name: 'Edit Gender: Female' }));
  await card.getByRole('button', { name: 'Edit First name: Ivy' }).click();
  await page.keyboard.type('Ivanka');
  await page.keyboard.press('Enter');
  // Whoever works by keys is still where they were.
  await see(card.locator('button:focus').and(card.getByRole('button', { name: 'Edit First name: Ivanka' })));
  findings.push(...(await seriousFindings(page, 'card with additional fields')));
  await shot('card');

  server = await startServer({ dataDir: server.dataDir, port: server.port, env: ZONE });
  await expect
    .poll(async () => stored(), { timeout: 60_000, interval: 500 })
    .toEqual([7_336, ['Fern', 'Moss'], 'Female']);
  anna.expectNoServer(false);

  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Favourite plants' }).click();
  await page.getByRole('option', { name: 'Moss' }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await see(page.getByText(/^1 of 2/));
  await see(page.getByText('Favourite plants has any of Moss'));
  // Choosing a value leaves the filter open, for there may be more to choose.
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Source', exact: true }).click();
  await page.getByRole('option', { name: 'API' }).click();
  await see(page.getByRole('button', { name: 'Filter: Source is API' }));
  const filter = page.getByRole('dialog', { name: 'Edit filter' });
  await see(filter.getByRole('combobox', { name: 'Source: values' }));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await filter.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Columns' }).click();
  const chooser = page.getByRole('dialog', { name: 'Columns' });
  await chooser.getByLabel('Favourite plants', { exact: true }).check();
  await page.keyboard.press('Escape');
  await see(page.getByRole('gridcell', { name: 'Fern, Moss' }));
  await shot('grid');

  await page.goto(`${server.url}/settings/fields`);
  await page.getByRole('button', { name: 'Actions for Favourite plants' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const sure: Locator = page.getByRole('dialog', { name: 'Delete the field “Favourite plants”?' });
  await see(sure.getByText('1 contact has a value in it'));
  await shot('delete');
  await sure.getByRole('button', { name: 'Delete field and 1 value' }).click();
  await garden.waitFor({ state: 'detached' });
  await page.goto(`${server.url}/contacts/${contactId}`);
  await see(card.getByRole('button', { name: 'Edit Birthday: 1 Feb 1990' }));
  expect(await card.getByText('Favourite plants').count()).toBe(0);
  expect(findings).toEqual([]);
  expect(anna.problems).toEqual([]);
});

/** Birthday, plants and gender as the server keeps them. */
const stored = () =>
  besideServer(env(), async ({ db }) => {
    const rows = await db.query<{ value: unknown }>(
      `select v.value from contact c, jsonb_each(c.fields) v join document d on d.id = v.key
        where c.id = $1 order by d.body ->> 'key'`,
      [contactId],
    );
    return rows.map(({ value }) => value);
  });
