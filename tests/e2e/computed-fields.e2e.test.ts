/** A computed field from its template to a segment, made without the server; what this device works out, the server does too. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { computedValues } from '#server/contacts/computed-values.ts';
import { readFieldSpecs } from '#server/contacts/field-specs.ts';
import { countSegment } from '#server/segments/segments.ts';
import { segmentSchema } from '#shared/segment/segment.schema.ts';
import { caller } from '#tests/support/caller.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import type { Person } from './support/person.ts';
import { takeBoth } from './support/pictures.ts';
import { openApp } from './support/sign-in.ts';

const ZONE = { MUSTER_TIME_ZONE: 'Europe/London' };
let server: RunningServer;
let browser: Browser;
let anna: Person;
const findings: string[] = [];

const env = () => ({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) });

const item = (category: string, quantity: number, cost: number) => ({
  externalItemId: category,
  name: `${category} item`,
  category,
  quantity,
  cost,
});
const order = (customer: string, number: number, items: ReturnType<typeof item>[], status = 'DELIVERED') => ({
  externalOrderId: `${customer}-${number}`,
  externalCustomerId: customer,
  email: `${customer}@shop.example`,
  firstName: customer,
  status,
  date: new Date(Date.now() - number * 86_400_000).toISOString(),
  totalCost: items.reduce((sum, { quantity, cost }) => sum + quantity * cost, 0),
  items,
});
const orders = [
  order('Ivy', 1, [item('Tea', 2, 60), item('Cups', 1, 5.5)]),
  order('Ivy', 200, [item('Tea', 1, 30)]),
  order('Ivy', 3, [item('Cups', 9, 100)], 'ABANDONED_SHOPPING_CART'),
  order('Max', 5, [item('Cups', 1, 20)]),
];

beforeAll(async () => {
  server = await startServer({ env: ZONE });
  const { key } = await besideServer(env(), (deps) =>
    createApiKeys(deps).create(caller, { scope: 'full', name: 'Shop' }),
  );
  const answer = await fetch(`${server.url}/api/v1/orders`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`:${key}`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ orders }),
  });
  expect(answer.status).toBe(200);
  browser = await launchBrowser();
  anna = await openApp(browser, server.url);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

test('a lifetime value is made, shown and asked for without the server, and the server agrees', {
  timeout: 240_000,
}, async () => {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-computed-${Date.now()}.png`);
    await anna.page.screenshot({ path });
    console.error(`${path}\n${anna.problems.join('\n')}\n${await anna.page.locator('body').ariaSnapshot()}`);
  });
  const { page, see } = anna;
  const shot = async (name: string) => {
    const folder = process.env.FIELD_PICTURES;
    if (!folder) return;
    await takeBoth(page, folder, name);
  };

  await page.getByRole('link', { name: 'Contacts', exact: true }).click();
  await see(page.getByRole('gridcell', { name: 'Ivy@shop.example' }));
  await page.getByRole('button', { name: /^Sync: Synced/ }).waitFor();
  anna.expectNoServer(true);
  await server.stop();

  await page.goto(`${server.url}/settings/fields`);
  await page.getByRole('button', { name: 'New computed field' }).click();
  const dialog = page.getByRole('dialog', { name: 'New computed field' });
  await dialog.getByRole('button', { name: 'Preferred category' }).click();
  const sample = dialog.getByRole('list', { name: 'Values of some contacts' });
  await see(sample.getByText('Tea'));
  await shot('computed-dialog-category');
  await dialog.getByRole('button', { name: 'Lifetime value' }).click();
  expect(await dialog.getByLabel('Name', { exact: true }).inputValue()).toBe('Lifetime value');
  await see(dialog.getByText('Sum of revenue of orders', { exact: true }));
  await see(dialog.getByText('2 of 2 contacts with a value'));
  await see(sample.getByText('£155.50'));
  await dialog.getByLabel('When').selectOption('days');
  await see(sample.getByText('£125.50'));
  await see(dialog.getByText('Sum of revenue of orders in the last 90 days'));
  await shot('computed-dialog');
  findings.push(...(await seriousFindings(page, 'computed field')));
  await dialog.getByLabel('When').selectOption('ever');
  await dialog.getByRole('button', { name: 'Add field' }).click();
  const list = page.getByRole('region', { name: 'Computed' });
  await see(list.getByText('COMPUTED.LIFETIME_VALUE'));
  await shot('computed-fields');

  await page.getByRole('link', { name: 'Contacts', exact: true }).click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('Lifetime value', { exact: true }).check();
  await page.keyboard.press('Escape');
  // Beside the revenue that every workspace knows.
  await expect.poll(() => page.getByRole('gridcell', { name: '£155.50' }).count()).toBe(2);
  await page.getByRole('columnheader', { name: 'Lifetime value' }).click();
  await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('Ivy');
  await page.getByRole('columnheader', { name: 'Lifetime value' }).click();
  await expect.poll(() => page.getByRole('row').nth(1).textContent()).toContain('Max');
  await shot('computed-grid');
  await page.getByRole('gridcell', { name: 'Ivy@shop.example' }).click();
  const card = page.getByRole('complementary', { name: 'Contact' });
  await see(card.getByRole('heading', { name: 'Computed' }));
  await see(card.locator('dl', { hasText: 'Lifetime value' }).getByText('£155.50'));
  expect(await card.getByRole('button', { name: /Lifetime value/ }).count()).toBe(0);
  await shot('computed-card');

  await page.goto(`${server.url}/segments`);
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByRole('button', { name: 'Add condition' }).click();
  await page.getByRole('menuitem', { name: 'Lifetime value' }).click();
  await page.getByLabel('Lifetime value: value').fill('100');
  const results = page.getByRole('complementary', { name: 'Matching contacts' });
  await see(results.getByText('of 2 contacts · 50%'));
  await see(results.getByText('Ivy'));
  await shot('computed-segment');

  server = await startServer({ dataDir: server.dataDir, port: server.port, env: ZONE });
  await expect.poll(agreed, { timeout: 60_000, interval: 500 }).toEqual([1, [1_255_000 + 300_000, 200_000]]);
  anna.expectNoServer(false);
  expect(findings).toEqual([]);
  expect(anna.problems).toEqual([]);
});

/** Members of the segment and values of the field, as the server works them out; null while it does not know them. */
const agreed = () =>
  besideServer(env(), async ({ db, now }) => {
    const [segment] = await db.query<{ body: unknown }>(
      `select body from document where kind = 'segment' and not deleted and body::text like '%field:0-%'`,
    );
    const ids = (await db.query<{ id: number }>('select id from contact order by email')).map(({ id }) => id);
    const values = await computedValues(db, await readFieldSpecs(db), { ids, now: now() });
    if (!segment) return null;
    return [
      await countSegment(db, segmentSchema.parse(segment.body).rule, now()),
      ids.map((id) => Object.values(values.get(id) ?? {})[0]),
    ];
  });
