/**
 * Leaving with changes the server does not have, also while it is away: they can be taken along as a file, kept for the next
 * sign-in, or discarded after a second question. Real server, real Chromium.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { repeatCustomers } from '#renderer/features/segments/starters.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { launchBrowser } from '#tests/support/chromium.ts';
import { ADMIN, freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { seriousFindings } from './support/accessible.ts';
import { besideServer } from './support/beside-server.ts';
import { createPerson, type Person } from './support/person.ts';
import { signIn, signInHere } from './support/sign-in.ts';

const SEGMENT = 'one-segment';
const MINE = 'Renamed without the server';

let port: number;
let dataDir: string;
let server: RunningServer;
let browser: Browser;
let person: Person;
const findings: string[] = [];

const start = async () => {
  server = await startServer({ port, dataDir });
};
/** Somebody else administers the workspace, so that the role of ours can be taken away. */
async function addAdministrator(): Promise<void> {
  const { page, see } = person;
  await page.goto(`${server.url}/settings/members`);
  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a member' });
  await dialog.getByLabel('Name').fill('Olha');
  await dialog.getByLabel('Email').fill('olha@shop.example.org');
  await dialog.getByLabel('First password', { exact: true }).fill(ADMIN.password);
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Administrator', exact: true }).click();
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await see(page.getByRole('table', { name: 'Members' }).getByText('olha@shop.example.org'));
}
const beside = (sql: string) =>
  besideServer({ MUSTER_DATA_DIR: dataDir, MUSTER_PORT: String(port) }, async ({ db }) => db.query(sql));

beforeAll(async () => {
  port = await freePort();
  dataDir = temporaryDataDir();
  await start();
  await besideServer({ MUSTER_DATA_DIR: dataDir, MUSTER_PORT: String(port) }, async (deps) => {
    await deps.db.tx((tx) => writeDocument(tx, 'segment', SEGMENT, { ...repeatCustomers, createdAt: deps.now() }));
  });
  browser = await launchBrowser();
  person = await createPerson(
    await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB' }),
  );
  await signIn(person.page, server.url);
  await person.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  server?.remove();
});

function keepPicture(): void {
  onTestFailed(async () => {
    const path = join(tmpdir(), `muster-leaving-${Date.now()}.png`);
    await person.page.screenshot({ path });
    console.error(`${path}\n${person.problems.join('\n')}\n${await person.page.locator('body').ariaSnapshot()}`);
  });
}

const signOut = () => person.page.getByRole('button', { name: 'Sign out', exact: true });

test('without the server a person can sign out, and what waits is taken along and kept', {
  timeout: 180_000,
}, async () => {
  keepPicture();
  const { page, see, click, type } = person;
  await addAdministrator();
  await page.goto(`${server.url}/segments/${SEGMENT}`);
  await see(page.getByLabel('Name', { exact: true }));
  await page.getByLabel('Description').fill('Typed, and the page reloaded at once');
  await page.reload();
  await see(page.getByText('Typed, and the page reloaded at once'));
  await see(page.getByRole('button', { name: 'Sync: Synced' }));
  person.expectNoServer(true);
  await server.stop();
  await see(page.getByRole('button', { name: /^Sync: Offline/ }));
  await type(page.getByLabel('Name', { exact: true }), MINE);
  await see(page.getByText('Saved locally · waiting to sync'));
  await page.goto(`${server.url}/settings/account`);
  await click('Sign out', await see(signOut()));
  const dialog = page.getByRole('dialog', { name: 'Sign out with unsent changes?' });
  await see(dialog.getByText(/1 change of yours has not reached the server. The server cannot be reached/));
  findings.push(...(await seriousFindings(page, 'signing out, offline')));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    click('Export', dialog.getByRole('button', { name: /^Export them as a file first/ })),
  ]);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(file).toMatchObject({ changes: [{ kind: 'segment', id: SEGMENT, name: MINE }] });

  await click('Keep', dialog.getByRole('button', { name: /^Keep them on this device/ }));
  await see(page.getByText(/The server could not be told that you signed out/));
  findings.push(...(await seriousFindings(page, 'signed out, offline')));
  await page.reload();
  await see(page.getByText(/The server could not be told that you signed out/));
  expect(await page.getByRole('navigation', { name: 'Main' }).count()).toBe(0);
});

test('a refused text is kept for the next sign-in, and discarded only after a second question', {
  timeout: 240_000,
}, async () => {
  keepPicture();
  const { page, see, click } = person;
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name }) => name)).toContainEqual(expect.stringMatching(/session/));
  // While the server was away, somebody took the right to change things.
  await beside(
    `update member set role = 'auditor' where user_id = (select "id" from "user" order by "createdAt" limit 1)`,
  );
  await start();
  // It ends the session before it does anything else; the cookie does not bring anybody back.
  await see(page.getByText('Sign in to go on.'));
  expect(await beside('select count(*)::int as sessions from "session"')).toEqual([{ sessions: 0 }]);
  await signInHere(page);
  await see(page.getByRole('button', { name: /^Sync: 1 refused/ }));
  await page.goto(`${server.url}/sync`);
  const waiting = page.getByRole('region', { name: 'Waiting to be sent' });
  await see(waiting.getByText(/^Refused: /));
  await click('Review it', waiting.getByRole('link', { name: 'Review it' }));
  await see(page.getByRole('columnheader', { name: 'Your text' }));
  findings.push(...(await seriousFindings(page, 'a refused text')));

  await page.goto(`${server.url}/settings/account`);
  await click('Sign out', await see(signOut()));
  const dialog = page.getByRole('dialog', { name: 'Sign out with unsent changes?' });
  await see(dialog);
  findings.push(...(await seriousFindings(page, 'signing out with unsent changes')));
  await click('Keep', dialog.getByRole('button', { name: /^Keep them on this device/ }));
  await signInHere(page);
  await see(page.getByRole('button', { name: /^Sync: 1 refused/ }));

  await page.goto(`${server.url}/settings/account`);
  await click('Sign out', await see(signOut()));
  await click('Discard', dialog.getByRole('button', { name: /^Discard them/ }));
  await click('Discard 1 change', page.getByRole('button', { name: 'Discard 1 change' }));
  await signInHere(page);
  await see(page.getByRole('button', { name: 'Sync: Synced' }));
  await page.goto(`${server.url}/segments`);
  await see(page.getByRole('link', { name: 'Repeat customers' }));
  expect(await page.getByText(MINE).count()).toBe(0);
  person.expectNoServer(false);
  expect(findings).toEqual([]);
  expect(person.problems).toEqual([]);
});
