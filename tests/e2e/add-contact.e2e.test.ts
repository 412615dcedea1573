/** By visible names only: somebody is added by hand; whoever is here already is found instead; without the server it rests. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { writeContact } from '#server/identity/write-contacts.ts';
import { insertEvents } from '#server/intake/insert-events.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import type { Person } from './support/person.ts';
import { openApp } from './support/sign-in.ts';

const pictures = process.env.MUSTER_PICTURES;
let server: RunningServer;
let browser: Browser;
let anna: Person;

beforeAll(async () => {
  server = await startServer({ env: { MUSTER_DEFAULT_REGION: 'UA' } });
  await besideServer({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) }, async ({ db, now }) => {
    await db.tx(async (tx) => {
      const values = { email: 'olena@shop.example', firstName: 'Olena', lastName: 'Koval' };
      const { id } = await writeContact(tx, { values }, { source: 'API', now: now() });
      const event = { owner: id, type: 'visited', at: now(), keyValue: null, params: { page: 'Mugs' }, source: 'API' };
      await insertEvents(tx, [event]);
      await writeDocument(tx, 'list', '0190f000-0000-7000-8000-000000000002', { name: 'Wholesale', createdAt: 1 });
      await writeDocument(tx, 'category', 'category:news', { key: 'news', name: 'News', createdAt: 1 });
    });
  });
  browser = await launchBrowser();
  anna = await openApp(browser, server.url);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

test('somebody is added by hand, and nobody twice', { timeout: 240_000 }, async () => {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-add-contact-${Date.now()}.png`);
    await anna.page.screenshot({ path });
    console.error(`${path}\n${anna.problems.join('\n')}\n${await anna.page.locator('body').ariaSnapshot()}`);
  });
  const { page, see, click, type, problems } = anna;
  const picture = async (name: string) => {
    if (!pictures) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };
  await click('Contacts', page.getByRole('link', { name: 'Contacts' }));
  const living = (count: number) => see(page.getByRole('grid').and(page.locator(`[aria-rowcount="${count + 1}"]`)));
  await living(1);
  const open = page.getByRole('button', { name: 'Add contact' });
  await click('Add contact', open);
  const dialog = page.getByRole('dialog', { name: 'Add a contact' });
  const add = dialog.getByRole('button', { name: 'Add contact' });
  await click('Add', add);
  await see(dialog.getByText('Give an email, a phone or an External ID'));
  await see(dialog.getByText('Without + it is a number of Ukraine'));

  // Whoever is here already is not made again: their card opens instead, with what they did.
  await type(dialog.getByLabel('Email'), 'OLENA@shop.example');
  await page.keyboard.press('Enter');
  await see(dialog.getByText('This email belongs to Olena Koval.'));
  const findings = await seriousFindings(page, 'adding a contact');
  await picture('add-contact-owner');
  await click('Open', dialog.getByRole('button', { name: 'Open Olena Koval' }));
  const card = page.getByRole('complementary', { name: 'Contact' });
  await see(card.getByRole('heading', { name: 'Olena Koval' }));
  await see(card.getByRole('region', { name: 'Timeline' }).getByText('Visited'));
  await picture('card');

  // By the palette.
  await dialog.waitFor({ state: 'hidden' });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('add contact');
  await click(
    'Add contact, the command',
    page.getByRole('dialog', { name: 'Search and commands' }).getByRole('button', { name: 'Add contact' }),
  );
  await type(dialog.getByLabel('Email'), 'taras@shop.example');
  await type(dialog.getByLabel('Phone'), '067 123 45 67');
  await type(dialog.getByLabel('First name'), 'Taras');
  await type(dialog.getByLabel('Language'), 'Ukrainian');
  await click('List', dialog.getByRole('combobox', { name: 'Lists' }).or(dialog.getByLabel('Lists')).first());
  await click('Wholesale', page.getByRole('option', { name: 'Wholesale' }));
  await page.keyboard.press('Escape');
  await click('Add', add);
  await see(dialog.getByText('Write the code of a language'));
  await type(dialog.getByLabel('Language'), 'uk');
  await click('Agreed', dialog.getByRole('switch', { name: 'They agreed to get mail' }));
  await see(dialog.getByLabel('How do you know that they want it?'));
  await picture('add-contact-full');
  await click('Not agreed', dialog.getByRole('switch', { name: 'They agreed to get mail' }));
  await click('Add', add);
  await see(card.getByRole('heading', { name: 'Taras' }));
  await see(card.getByText('+380671234567').first());
  await see(card.getByText('Unconfirmed').first());
  await see(card.getByText('Added by').first());
  await see(card.getByRole('link', { name: 'Wholesale' }));
  await living(2);
  await picture('added');

  // Without the server it is not known who is here: the button rests and says so.
  anna.expectNoServer(true);
  await server.stop();
  const resting = open.and(page.locator('[aria-disabled="true"]'));
  await see(resting);
  await resting.focus();
  expect(await resting.getAttribute('aria-description')).toBe('Needs the server, which cannot be reached now.');
  await page.keyboard.press('Enter');
  expect(await dialog.isVisible()).toBe(false);
  await picture('add-contact-offline');
  expect(findings).toEqual([]);
  expect(problems).toEqual([]);
});
