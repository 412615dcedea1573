/** Tags by visible names: given to things of every kind, each list narrowed to one, and everything that has it on one page. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { writeDocument } from '#server/sync/document-store.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { type RunningServer, startServer } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import type { Person } from './support/person.ts';
import { takeBoth } from './support/pictures.ts';
import { openApp } from './support/sign-in.ts';

const createdAt = 1_700_000_000_000;
const tags = ['spring sale'];
const field = { listName: 'Personal', listKey: 'PERSONAL', type: 'integer', personal: false };
const site = { consent: 'none', ignoredAddresses: [], createdAt };
const rule = { type: 'all', rules: [] };
const mail = { subject: 'Spring', preheader: '', format: 'html', source: '<p>Spring</p>', createdAt };

/** What is there before the story: two of every kind it tags, and things that have the tag already. */
const documents: readonly (readonly [DocumentKind, string, Record<string, unknown>])[] = [
  ['category', 'category:weekly-news', { key: 'weekly-news', name: 'Weekly news', description: '', createdAt }],
  ['category', 'category:offers', { key: 'offers', name: 'Offers', description: '', createdAt }],
  ['contact-field', 'field:0123abcd', { ...field, key: 'SHOE', label: 'Shoe size', position: 1 }],
  ['contact-field', 'field:0123abce', { ...field, key: 'HAT', label: 'Hat size', position: 2 }],
  ['event-type', 'event-type:cartFilled', { key: 'cartFilled', parameters: [] }],
  ['event-type', 'event-type:priceWatched', { key: 'priceWatched', name: 'Price watched', parameters: [] }],
  ['site', 'site-shop', { ...site, name: 'Shop', domains: ['shop.example.com'] }],
  ['site', 'site-blog', { ...site, name: 'Blog', domains: ['blog.example.com'] }],
  ['segment', 'segment-tagged', { name: 'Lapsed buyers', description: '', rule, createdAt, tags }],
  ['segment', 'segment-other', { name: 'Newcomers', description: '', rule, createdAt }],
  [
    'list',
    'list-tagged',
    { name: 'Fair visitors', description: '', createdAt, tags: [...tags, 'fair', 'lviv', 'vip'] },
  ],
  ['list', 'list-other', { name: 'Friends', description: '', createdAt }],
  ['message', 'message-tagged', { ...mail, name: 'Spring mail', tags }],
  ['message', 'message-other', { ...mail, name: 'Winter mail' }],
  [
    'campaign',
    'campaign-tagged',
    { name: 'Spring begins', messageId: null, segmentId: null, scheduledAt: null, createdAt, tags },
  ],
  [
    'campaign',
    'campaign-other',
    { name: 'Winter ends', messageId: null, segmentId: null, scheduledAt: null, createdAt },
  ],
];

let server: RunningServer;
let browser: Browser;
let anna: Person;

beforeAll(async () => {
  server = await startServer({ env: { MUSTER_TIME_ZONE: 'Europe/London' } });
  await besideServer({ MUSTER_DATA_DIR: server.dataDir, MUSTER_PORT: String(server.port) }, ({ db }) =>
    db.tx(async (tx) => {
      for (const [kind, id, body] of documents) await writeDocument(tx, kind, id, body);
    }),
  );
  browser = await launchBrowser();
  anna = await openApp(browser, server.url);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

test('categories, fields, types of event and sites have tags, lists are narrowed to one, and its page shows all', async () => {
  const { page, problems, see } = anna;
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-tags-${Date.now()}.png`);
    await page.screenshot({ path });
    console.error(`${path}\n${problems.join('\n')}\n${await page.locator('body').ariaSnapshot()}`);
  });
  const findings: string[] = [];
  /** Pictures are for people to judge. */
  const photograph = async (name: string) => {
    const folder = process.env.PICTURES;
    if (folder) await takeBoth(page, folder, `tags-${name}`);
    else findings.push(...(await seriousFindings(page, name)));
  };
  const rail = page.getByRole('navigation', { name: 'Main' });
  const filter = page.getByRole('combobox', { name: 'Tag', exact: true });
  const chip = page.getByRole('link', { name: 'spring sale', exact: true });

  /** Opens the tags of something by their button, and adds one. */
  const give = async (button: Locator, text: string) => {
    await button.click();
    await page.getByRole('combobox', { name: 'Tags', exact: true }).fill(text);
    await page.keyboard.press('Enter');
    await chip.first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Tags' }).waitFor({ state: 'detached' });
  };
  /** Only what has the tag stays in sight; without it everything is back. */
  const narrow = async (stays: string, goes: string, shown: (name: string) => Locator) => {
    await see(shown(goes));
    await filter.click();
    await page.getByRole('option', { name: 'spring sale' }).click();
    await shown(goes).waitFor({ state: 'detached' });
    await see(shown(stays));
  };
  const link = (name: string) => page.getByRole('link', { name, exact: true });
  const settings = async (part: string) => {
    await rail.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: part }).click();
  };

  await settings('Subscriptions');
  await give(page.getByRole('button', { name: 'Tags of Weekly news' }), 'Spring  SALE');
  await photograph('categories');
  await narrow('Weekly news', 'Offers', (name) => page.getByRole('textbox', { name: `Name of ${name}` }));

  await settings('Contact fields');
  await give(page.getByRole('button', { name: 'Tags of Shoe size' }), 'spring sale');
  await photograph('fields');
  await narrow('Shoe size', 'Hat size', (name) => page.getByRole('row').filter({ hasText: name }));

  await settings('Sites');
  await link('Shop').click();
  await give(page.getByRole('button', { name: 'Add a tag' }), 'spring sale');
  await photograph('site');
  await link('All sites').click();
  await photograph('sites');
  await narrow('Shop', 'Blog', link);

  await rail.getByRole('link', { name: 'Events' }).click();
  await link('Price watched').click();
  await give(page.getByRole('button', { name: 'Add a tag' }), 'spring sale');
  await photograph('event-type');
  await rail.getByRole('link', { name: 'Events' }).click();
  await see(link('Price watched'));
  await photograph('event-types');
  await narrow('Price watched', 'Cart filled', link);
  // One that Muster itself knows has no document before somebody says something of it.
  await link('System').click();
  const known = page.getByRole('region').getByRole('link').first();
  const name = await known.innerText();
  await known.click();
  await give(page.getByRole('button', { name: 'Add a tag' }), 'spring sale');

  await rail.getByRole('link', { name: 'Tags' }).click();
  await see(
    page.getByText(
      '1 segment, 1 list, 1 message, 1 campaign, 1 subscription category, 1 contact field, 2 event types, 1 site',
    ),
  );
  await photograph('tags');
  await chip.click();
  for (const [group, thing] of [
    ['Segments', 'Lapsed buyers'],
    ['Lists', 'Fair visitors'],
    ['Messages', 'Spring mail'],
    ['Campaigns', 'Spring begins'],
    ['Subscription categories', 'Weekly news'],
    ['Contact fields', 'Shoe size'],
    ['Event types', 'Price watched'],
    ['Event types', name],
    ['Sites', 'Shop'],
  ] as const) {
    await see(page.getByRole('region', { name: group }).getByRole('link', { name: thing, exact: true }));
  }
  await photograph('tag');
  await link('Price watched').click();
  await see(page.getByRole('heading', { name: 'Price watched' }));

  for (const [place, stays, goes] of [
    ['Segments', 'Lapsed buyers', 'Newcomers'],
    ['Lists', 'Fair visitors', 'Friends'],
    ['Messages', 'Spring mail', 'Winter mail'],
    ['Campaigns', 'Spring begins', 'Winter ends'],
  ] as const) {
    await rail.getByRole('link', { name: place, exact: true }).click();
    await see(link(stays));
    await photograph(place.toLowerCase());
    await narrow(stays, goes, link);
  }
  expect(findings).toEqual([]);
  expect(problems).toEqual([]);
}, 240_000);
