/** The narrow rail: icons that say where they lead to everybody, whether they see the tooltip or not. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { createPerson } from './support/person.ts';
import { signIn } from './support/sign-in.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

test('links of the narrow rail have a name, and their keys as a description and a tooltip', async () => {
  const { page, problems } = await createPerson(await browser.newContext({ locale: 'en-GB' }));
  await signIn(page, server.url);
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Contacts', exact: true });
  expect(await link.getAttribute('aria-describedby')).toBeNull();
  await page.getByRole('button', { name: 'Make the sidebar small' }).click();
  await page.getByRole('button', { name: 'Show the sidebar' }).waitFor();
  const described = await link.evaluate(
    (element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent,
  );
  expect(described).toBe('G then C');
  await link.hover();
  await page.getByRole('tooltip', { name: 'Contacts · G then C' }).waitFor();
  expect(problems).toEqual([]);
}, 120_000);
