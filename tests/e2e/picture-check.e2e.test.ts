/** The examination of pictures finds what it is there for, and leaves alone what is in order. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '#tests/support/chromium.ts';
import { findUgliness } from './support/picture-check.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 800, height: 600 } });
});
afterAll(() => browser?.close());

async function examine(body: string): Promise<string[]> {
  await page.setContent(`<!doctype html><style>body{margin:0;font:14px sans-serif}</style>${body}`);
  return await page.evaluate(findUgliness);
}
const long = 'Words that need more room than they were given by whoever drew this';

test.each([
  ['sideways scrolling', '<div style="width:900px;height:9px"></div>', /scrolls sideways: 900 px in 800 px/],
  [
    'text cut at the side',
    `<div style="width:90px;overflow:hidden;white-space:nowrap">${long}</div>`,
    /cut at the side/,
  ],
  [
    'text cut by an ancestor',
    `<div style="width:90px;overflow:clip"><b style="white-space:nowrap">${long}</b></div>`,
    /cut at the side/,
  ],
  [
    'text cut at the bottom',
    '<div style="height:9px;overflow:hidden;font-size:20px">Half of it</div>',
    /cut at the bottom/,
  ],
  ['text over its neighbour', `<div style="width:90px;white-space:nowrap">${long}</div>`, /leaves its box/],
  ['not a number', '<p>Opened NaN%</p>', /shows “NaN”/],
  ['nothing as a word', '<p>Hello undefined</p>', /shows “undefined”/],
  ['nothing in a name', '<button aria-label="Edit null">x</button>', /a name shows “null”/],
  ['an object', '<p>[object Object]</p>', /shows “\[object Object\]”/],
  ['a key', '<p>3 skipped: missingVariable</p>', /the key “missingVariable”/],
  ['a key in a field', '<input value="notNull" aria-label="Value">', /a field shows the key “notNull”/],
])('finds %s', async (_what, body, expected) => {
  expect(await examine(body)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
});

test('leaves alone what is in order', async () => {
  const body = `
    <p>Hello Anna McDonald, your iPad &amp; 3 orders</p><p><code>contact.firstName</code> unsubscribeUrl</p>
    <div style="width:90px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis">${long}</div>
    <div style="width:90px;overflow:auto;white-space:nowrap">${long}</div>
    <div style="width:1px;height:1px;overflow:hidden;white-space:nowrap">${long}</div>
    <p hidden>undefined</p><input value="Hi {{ contact.firstName }}" aria-label="Subject">`;
  expect(await examine(body)).toEqual([]);
});
