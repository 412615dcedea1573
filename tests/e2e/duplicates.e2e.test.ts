/** By visible names only: a duplicate is found, understood, merged, undone from its message, merged again and undone from the card. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { writeContacts } from '#server/identity/write-contacts.ts';
import { insertEvents } from '#server/intake/insert-events.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { signIn } from './support/sign-in.ts';

let server: RunningServer;
let browser: Browser;
let anna: Person;

beforeAll(async () => {
  server = await startServer({ env: { MUSTER_TIME_ZONE: 'Europe/London' } });
  await besideServer({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) }, async ({ db, now }) => {
    await db.tx(async (tx) => {
      const { ids } = await writeContacts(
        tx,
        [
          {
            values: {
              externalCustomerId: 'SHOP-1',
              email: 'olena@shop.example',
              firstName: 'Olena',
              lastName: 'Koval',
            },
          },
          {
            values: {
              externalCustomerId: 'TILL-9',
              email: 'olena@shop.example',
              phone: '+380501112233',
              firstName: 'Olena',
              lastName: 'Koval',
              town: 'Lviv',
            },
          },
          { values: { email: 'taras@shop.example', firstName: 'Taras' } },
        ],
        { source: 'API', now: now() },
      );
      await insertEvents(tx, [
        { owner: ids[1] ?? 0, type: 'visited', at: now(), keyValue: null, params: {}, source: 'API' },
      ]);
    });
  });
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

test('a duplicate is found, understood, merged and undone', { timeout: 240_000 }, async () => {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-duplicates-${Date.now()}.png`);
    await anna.page.screenshot({ path });
    console.error(`${path}\n${anna.problems.join('\n')}\n${await anna.page.locator('body').ariaSnapshot()}`);
  });
  const { page, see, click, problems } = anna;
  const living = (count: number) => see(page.getByRole('grid').and(page.locator(`[aria-rowcount="${count + 1}"]`)));
  await click('Contacts', page.getByRole('link', { name: 'Contacts' }));
  await living(3);
  await click('Duplicates', page.getByRole('link', { name: 'Duplicates' }));
  await see(page.getByText('Same email olena@shop.example and the same name; two External IDs'));
  const compare = page.getByRole('button', { name: 'Compare Olena Koval and Olena Koval' });
  // By keyboard as well as by mouse.
  await compare.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Compare' });
  await see(panel.getByRole('row', { name: 'Town – Lviv Lviv' }));
  await see(panel.getByText('Both External IDs will lead to it.'));
  await see(panel.getByText('1 event of contact'));
  const findings = await seriousFindings(page, 'comparing duplicates');
  await click('Merge', panel.getByRole('button', { name: 'Merge' }));
  await see(page.getByText('Merged into Olena Koval.'));
  await see(page.getByRole('heading', { name: 'No duplicates' }));
  findings.push(...(await seriousFindings(page, 'no duplicates')));

  await click('Undo', page.getByRole('button', { name: 'Undo', exact: true }));
  await see(page.getByText('The merge is undone: both contacts are as they were.'));
  await click('Contacts', page.getByRole('link', { name: 'Contacts' }).first());
  await living(3);

  // What was taken apart is no candidate any more; a person may still merge it, by its address.
  await page.goto(`${server.url}/duplicates/1-2`);
  await click('Merge', panel.getByRole('button', { name: 'Merge' }));
  await see(page.getByText('Merged into Olena Koval.'));
  await page.goto(`${server.url}/contacts/1`);
  await living(2);
  const card = page.getByRole('complementary', { name: 'Contact' });
  await see(card.getByText('+380501112233').first());
  await click('Undo merge', card.getByRole('button', { name: 'Undo the merge of Olena Koval' }));
  await living(3);

  // Deleting a contact has a way back too.
  await click('More actions', card.getByRole('button', { name: 'More actions' }));
  await click('Delete', page.getByRole('menuitem', { name: 'Delete this contact' }));
  await living(2);
  await click('Undo', page.getByRole('button', { name: 'Undo', exact: true }));
  await living(3);
  expect(findings).toEqual([]);
  expect(problems).toEqual([]);
});
