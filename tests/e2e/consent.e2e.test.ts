/**
 * Lists and subscriptions as a marketer meets them: a category and a list are made, a contact joins both from the card,
 * leaves and comes back only with a reason, the builder finds who is in them, and offline everything is still there. Who
 * signs up by a form is asked first, once that is switched on.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { z } from 'zod';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { loadLinks } from '#server/deliveries/links.ts';
import { createDemo } from '#server/demo/demo.ts';
import { must } from '#shared/kernel/assert.ts';
import { caller } from '#tests/support/caller.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { takeBoth } from './support/pictures.ts';
import { signIn } from './support/sign-in.ts';

let server: RunningServer;
let browser: Browser;
let person: Person;
let contactId: number;

beforeAll(async () => {
  server = await startServer();
  contactId = await besideServer(
    { MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) },
    async (deps) => {
      await createDemo(deps).load(caller);
      const [row] = await deps.db.query<{ id: number }>('select min(id) as id from contact');
      return must(row, 'a contact of the demo shop').id;
    },
  );
  browser = await launchBrowser();
  person = await createPerson(await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' }));
  const { page } = person;
  await signIn(page, server.url);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

/** A visitor of the shop fills in its form; the link is what the mail to them has. */
function signUpByForm(): Promise<{ id: number; url: string }> {
  return besideServer({ MUSTER_DATA_DIR: server.dataDir }, async (deps) => {
    const { key } = await createApiKeys(deps).create(caller, { scope: 'contacts', name: 'Form' });
    const answer = await fetch(`${server.url}/api/v1/contact/subscribe`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`:${key}`)}` },
      body: JSON.stringify({
        contact: { firstName: 'Nina', channels: [{ type: 'email', value: 'nina@form.example' }] },
        subscriptions: ['novyny-offers'],
      }),
    });
    const { id } = z.object({ id: z.number() }).parse(await answer.json());
    const [row] = await deps.db.query<{ id: string }>('select id from opt_in where contact_id = $1', [id]);
    const question = must(row, 'a question whether it was them').id;
    return { id, url: (await loadLinks(deps.db, server.url)).confirmUrl(question) };
  });
}

test('a category and a list are made, joined, left and found again, also offline', async () => {
  const { page } = person;
  onTestFailed(async () => {
    console.error(`${person.problems.join('\n')}\n${await page.locator('body').ariaSnapshot()}`);
  });
  const findings: string[] = [];
  /** Pictures are for people to judge; then nothing else is looked at. */
  const photograph = async (name: string) => {
    const folder = process.env.PICTURES;
    if (!folder) {
      findings.push(...(await seriousFindings(page, name)));
      return;
    }
    await takeBoth(page, folder, name);
  };
  const visit = (place: string) => page.getByRole('link', { name: place, exact: true }).click();

  await visit('Settings');
  await visit('Subscriptions');
  await page.getByLabel('Name', { exact: true }).fill('Новини & offers');
  await page.getByText('Its key: novyny-offers').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'novyny-offers' }).waitFor();

  await visit('Lists');
  await page.getByLabel('Name of the new list').fill('Regulars');
  await page.getByRole('button', { name: 'New list' }).click();
  await page.getByText('Nobody is in this list yet').waitFor();

  await page.goto(`${server.url}/contacts/${contactId}`);
  const card = page.getByRole('complementary', { name: 'Contact' });
  const subscriptions = card.getByRole('region', { name: 'Subscriptions' });
  const toggle = subscriptions.getByRole('switch', { name: 'Новини & offers' });
  await toggle.click();
  await subscriptions.getByText(/since .* · App/).waitFor();
  await card.getByRole('combobox', { name: 'Add to a list' }).click();
  await page.getByRole('option', { name: 'Regulars' }).click();
  const lists = card.getByRole('region', { name: 'Lists' });
  await lists.getByRole('link', { name: 'Regulars' }).waitFor();

  await toggle.click();
  await subscriptions.getByText(/left .* · App/).waitFor();
  await toggle.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('How do you know that they want it?').fill('Asked on the phone');
  await photograph('evidence');
  await dialog.getByRole('button', { name: 'Subscribe again' }).click();
  await subscriptions.getByText(/since .* · App/).waitFor();
  await subscriptions.scrollIntoViewIfNeeded();
  await photograph('card');
  await subscriptions.getByRole('button', { name: 'Consent history' }).click();
  const history = page.getByRole('dialog', { name: 'Consent history' });
  await history.getByText(/Agreed to Новини & offers, by a colleague · “Asked on the phone”/).waitFor();
  await history.getByLabel(/Stop all email to/).fill('Asked by letter');
  await history.getByRole('button', { name: 'Stop' }).click();
  await history.getByText(/Left all email at .*, by a colleague · “Asked by letter”/).waitFor();
  await history.getByLabel(/Allow email to .* again/).waitFor();
  await photograph('history');
  await page.keyboard.press('Escape');

  await visit('Settings');
  await visit('Subscriptions');
  await page.getByRole('table', { name: 'Subscription categories' }).getByRole('link', { name: '1' }).waitFor();
  await page.getByRole('switch', { name: 'Ask for a confirmation' }).click();
  await page.getByLabel('Subject').fill('Is it you?');
  await page.getByText('Saved locally · synced').waitFor();
  await photograph('subscriptions');
  const { id: asked, url } = await signUpByForm();
  await page.goto(`${server.url}/contacts/${asked}`);
  await card.getByText('Unconfirmed').first().waitFor();
  await photograph('unconfirmed');
  const mailbox = await (await browser.newContext()).newPage();
  await mailbox.goto(url);
  await mailbox.getByRole('button', { name: 'Yes, that was me' }).click();
  await mailbox.getByRole('heading', { name: 'Your subscription is confirmed' }).waitFor();
  await mailbox.close();
  await card.getByText('Subscribed', { exact: true }).first().waitFor();
  await card.getByRole('switch', { name: 'Новини & offers', checked: true }).waitFor();

  await visit('Lists');
  const rows = page.getByRole('table', { name: 'Lists' }).getByRole('row');
  await rows.filter({ hasText: 'Regulars' }).getByText('1', { exact: true }).waitFor();
  await rows.filter({ hasText: 'Новини & offers' }).getByText('Subscription').waitFor();
  await photograph('lists');

  await visit('Segments');
  await page.getByRole('button', { name: 'New segment' }).click();
  await page
    .getByRole('button', { name: /Add (a )?condition/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Regulars' }).click();
  await page.getByText('In list “Regulars”').waitFor();
  await photograph('builder');

  // Which segments somebody is in stands on the card at once; since when, as soon as the server has looked.
  await page.getByText('Saved locally · synced').waitFor();
  await page.goto(`${server.url}/contacts/${contactId}`);
  const segments = card.getByRole('region', { name: 'Segments' });
  const entry = segments.getByRole('listitem').filter({ hasText: 'New segment' });
  await entry.getByText(/since /).waitFor();
  await segments.scrollIntoViewIfNeeded();
  await photograph('card-segments');

  person.expectNoServer(true);
  await server.stop();
  await page.goto(`${server.url}/contacts/${contactId}`);
  await lists.getByRole('link', { name: 'Regulars' }).waitFor();
  await subscriptions.getByText(/since .* · App/).waitFor();
  await card.getByText('Changing this needs the server.').first().waitFor();
  await entry.getByText(/since /).waitFor();
  expect(await toggle.isDisabled()).toBe(true);
  await visit('Lists');
  await page.getByRole('link', { name: 'Regulars' }).click();
  await page.getByRole('table', { name: 'Contacts of the list' }).getByRole('row').nth(1).waitFor();
  await photograph('list');
  expect(findings).toEqual([]);
  expect(person.problems).toEqual([]);
}, 300_000);
