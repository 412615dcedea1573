/** Events by visible names: seen as they arrive, declared and mapped (also offline), refused, and what could not be stored mended. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { caller } from '#tests/support/caller.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import type { Person } from './support/person.ts';
import { takeBoth } from './support/pictures.ts';
import { openApp } from './support/sign-in.ts';

const ZONE = { env: { MUSTER_TIME_ZONE: 'Europe/London' } };
let server: RunningServer;
let browser: Browser;
let anna: Person;
let authorization: string;
const findings: string[] = [];

const env = () => ({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) });

beforeAll(async () => {
  server = await startServer(ZONE);
  const { key } = await besideServer(env(), (deps) => createApiKeys(deps).create(caller, { scope: 'full', name: '' }));
  authorization = `Basic ${Buffer.from(`:${key}`).toString('base64')}`;
  browser = await launchBrowser();
  anna = await openApp(browser, server.url);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

/** What a shop's program sends. */
async function send(eventTypeKey: string, params: object): Promise<{ status: number; body: string }> {
  const answer = await fetch(`${server.url}/api/v3/event`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ eventTypeKey, params }),
  });
  return { status: answer.status, body: await answer.text() };
}

/** Two rows the server could not store: one as good as any by now, one that never will be. */
const park = () =>
  besideServer(env(), async ({ db }) => {
    const good = { values: { email: 'late@shop.example' }, type: 'arrivedLate', at: 0, keyValue: null };
    for (const [id, payload] of [{ ...good, params: {}, source: 'API' }, { no: 'event' }].entries()) {
      await db.query(
        `insert into intake_parked (id, bucket, kind, payload, received_at, error) values ($1, 1, 'event', $2, now(), $3)`,
        [1_000_000 + id, payload, id === 0 ? 'could not connect for a moment' : '[{"code": "invalid_type"}]'],
      );
    }
  });

test('what comes in is seen, described, checked and mended', { timeout: 300_000 }, async () => {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-events-${Date.now()}.png`);
    await anna.page.screenshot({ path });
    console.error(`${path}\n${anna.problems.join('\n')}\n${await anna.page.locator('body').ariaSnapshot()}`);
  });
  const { page, see, click, type } = anna;
  const shot = async (name: string) => {
    const folder = process.env.EVENT_PICTURES;
    if (folder) await takeBoth(page, folder, name);
  };
  const check = async (where: string) => findings.push(...(await seriousFindings(page, where)));
  const tab = (name: string) =>
    click(name, page.getByRole('navigation', { name: 'Events' }).getByRole('link', { name }));

  await click('Events', page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Events' }));
  await see(page.getByText('What people do arrives here'));
  await shot('types-empty');
  await tab('Live');
  await see(page.getByText('Waiting for the first event'));
  await shot('live-empty');

  // As they arrive, without a reload.
  const params = { email: 'olena@shop.example', firstName: 'Olena', total: 42.5, city: 'Lviv', coupon: 'AUTUMN' };
  expect((await send('orderPaid', params)).status).toBe(200);
  const newest = page.getByRole('table', { name: 'Newest events' });
  await see(newest.getByRole('button', { name: 'Order paid' }));
  await see(newest.getByRole('link', { name: 'olena@shop.example' }));
  await page.keyboard.press('p');
  await see(page.getByText('Paused: what arrives now is shown when you go on'));
  expect((await send('cartFilled', { email: 'olena@shop.example', sku: 'mug' })).status).toBe(200);
  await click('Go on', page.getByRole('button', { name: 'Go on' }));
  await see(newest.getByRole('button', { name: 'Cart filled' }));
  await type(page.getByRole('textbox', { name: 'Search events' }), 'autumn');
  await newest.getByRole('button', { name: 'Cart filled' }).waitFor({ state: 'hidden' });
  // By keyboard as well as by mouse.
  await newest.getByRole('button', { name: 'Order paid' }).press('Enter');
  await see(page.getByRole('complementary', { name: 'Event' }).getByText('"coupon": "AUTUMN"'));
  await check('live');
  await shot('live');

  // The type has what came; what is said of it is said without the server too.
  await tab('Types');
  await click('Order paid', page.getByRole('link', { name: 'Order paid' }));
  const parameters = page.getByRole('table', { name: 'Parameters' });
  await see(parameters.getByRole('row', { name: /^total number 42\.5/ }));
  await see(page.getByText('30 days: 1 event of 1 contact'));
  anna.expectNoServer(true);
  await server.stop();
  await see(page.getByRole('button', { name: /^Sync: Offline/ }));
  await parameters.getByRole('combobox', { name: 'total: declared as' }).selectOption('Number');
  await parameters.getByRole('checkbox', { name: 'total: required' }).check();
  await parameters.getByRole('combobox', { name: 'coupon: in segments' }).selectOption('As text');
  await click('city: fills', parameters.getByRole('combobox', { name: 'city: fills the field' }));
  await click('Town', page.getByRole('option', { name: 'Town' }));
  await type(page.getByRole('textbox', { name: 'Name', exact: true }), 'Order was paid');
  await see(page.getByText('Saved locally · waiting to sync'));
  await shot('type-offline');
  server = await startServer({ ...ZONE, dataDir: server.dataDir, port: server.port });
  await see(page.getByText('Saved locally · synced'));
  anna.expectNoServer(false);
  await check('type');
  await shot('type');

  // The server keeps to it: refused with what is expected, and the contact's town is filled.
  await expect
    .poll(async () => (await send('orderPaid', { email: 'olena@shop.example' })).status, { timeout: 15_000 })
    .toBe(400);
  const refused = await send('orderPaid', { email: 'olena@shop.example', total: 'a lot' });
  expect(JSON.parse(refused.body)).toMatchObject({
    params: { total: { required: true, type: 'number' } },
    error: { code: 'invalid_input', field: 'params.total' },
  });
  expect((await send('orderPaid', { ...params, TOTAL: '12' })).status).toBe(200);
  await page.reload();
  await see(page.getByRole('note', { name: 'Not as declared' }).getByText('refused').first());
  await shot('type-refused');
  await click('Contacts', page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Contacts' }));
  await see(page.getByText('olena@shop.example'));

  // What Muster raises itself says honestly what is raised today.
  await page.goto(`${server.url}/events/system`);
  await see(page.getByText('Cannot be known').first());
  const keep = page.getByRole('switch', { name: 'Keep these events: Field changed' });
  await keep.click();
  await expect.poll(() => keep.isChecked()).toBe(true);
  await check('system');
  await shot('system');

  // What could not be stored is counted beside the link, tried again and thrown away.
  await park();
  await page.goto(`${server.url}/events/problems`);
  await see(page.getByRole('navigation', { name: 'Main' }).getByText('2 problems'));
  const problems = page.getByRole('table', { name: 'Problems' });
  await click('arrived late', problems.getByRole('button', { name: 'Event · Arrived late' }));
  await see(page.getByRole('complementary', { name: 'Problem' }).getByText('late@shop.example'));
  await check('problems');
  await shot('problems');
  await problems.getByRole('checkbox', { name: 'Choose Event · Arrived late' }).check();
  await click('again', page.getByRole('button', { name: 'Try 1 again' }));
  await problems.getByRole('button', { name: 'Event · Arrived late' }).waitFor({ state: 'hidden' });
  await click('throw', page.getByRole('button', { name: 'Throw away all 1' }));
  await click('yes', page.getByRole('dialog').getByRole('button', { name: 'Throw away 1 row' }));
  await see(page.getByText('Everything that came in is stored'));
  await see(page.getByRole('region', { name: 'Thrown away' }).getByText('Not in a form Muster stores'));
  await page.getByRole('navigation', { name: 'Main' }).getByText('problem').waitFor({ state: 'detached' });
  await shot('problems-none');
  await tab('Types');
  await see(page.getByRole('link', { name: 'Arrived late' }));
  await shot('types');

  anna.expectNoServer(true);
  await server.stop();
  await see(page.getByRole('button', { name: /^Sync: Offline/ }));
  await tab('Live');
  await see(newest.getByText('Arrived late'));
  await shot('live-offline');
  expect(findings).toEqual([]);
  expect(anna.problems).toEqual([]);
});
