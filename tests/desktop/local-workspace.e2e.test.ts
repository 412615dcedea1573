import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { WorkspaceState } from '#shared/desktop/desktop-contract.ts';
import { ADMIN } from '#tests/support/server.ts';
import { type DesktopApp, startDesktop } from './desktop-app.ts';
import { fake } from './fake-state.ts';

/* One person, one computer, no server: the app starts the real one with its own PostgreSQL. */

let desktop: DesktopApp;

beforeAll(async () => {
  // What is set for another server on this machine must not reach this one.
  process.env.MUSTER_ADMIN_EMAIL = 'other@example.org';
  process.env.MUSTER_ADMIN_PASSWORD = 'of another server';
  desktop = await startDesktop(null);
});
afterAll(async () => {
  delete process.env.MUSTER_ADMIN_EMAIL;
  delete process.env.MUSTER_ADMIN_PASSWORD;
  await desktop?.dispose();
});

const workspace = async () => (await desktop.invoke('workspace.get')) as WorkspaceState;
const running = () => fake.processes.filter(({ child }) => child.exitCode === null && child.signalCode === null);
const portOf = () => Number(fake.processes.at(-1)?.env.MUSTER_PORT);
const healthy = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    (answer) => answer.ok,
    () => false,
  );
let port = 0;

test('nothing runs before somebody chose', async () => {
  expect(await workspace()).toMatchObject({ mode: 'none', local: 'stopped', setupCode: null });
  await desktop.page.getByRole('heading', { name: 'Welcome to Muster' }).waitFor();
  await desktop.page.getByRole('button', { name: 'Connect to a server' }).click();
  await desktop.page.getByLabel('Server address').fill('http://crm.example.org');
  await desktop.page.getByRole('button', { name: 'Use this server' }).click();
  await desktop.page.getByText('Use an https address').waitFor();
  expect(fake.processes).toHaveLength(0);
});

test('“Use this computer only” leads to a workspace without anybody reading a console', async () => {
  const { page } = desktop;
  await page.reload();
  await page.getByRole('button', { name: 'Use this computer only' }).click();
  await page.getByRole('heading', { name: 'Set up Muster' }).waitFor({ timeout: 120_000 });
  await page.getByLabel('Workspace name').fill('Tea shop');
  expect(await page.getByLabel('Set-up code').count()).toBe(0);
  await page.getByLabel('Your name').fill('Olena');
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Create the workspace' }).click();
  await page.getByRole('link', { name: 'Contacts' }).waitFor({ timeout: 30_000 });
  port = portOf();
  expect(await workspace()).toMatchObject({ mode: 'local', local: 'running', problem: null });
});

test('its server is this computer’s alone, with a data folder of its own, and there is one', async () => {
  const [child] = fake.processes;
  expect(child?.env).toMatchObject({
    MUSTER_HOST: '127.0.0.1',
    MUSTER_LOCAL_WORKSPACE: '1',
    MUSTER_DATA_DIR: join(desktop.folder, 'workspace'),
  });
  expect(child?.env).not.toHaveProperty('MUSTER_ADMIN_EMAIL');
  expect(child?.env).not.toHaveProperty('NODE_OPTIONS');
  expect(existsSync(join(desktop.folder, 'workspace', 'postgres.json'))).toBe(true);
  await Promise.all([desktop.invoke('workspace.useLocal'), desktop.invoke('workspace.useLocal')]);
  expect(running()).toHaveLength(1);
});

test('the settings say that links in sent mail sleep with the computer', async () => {
  await desktop.page.evaluate(() => history.pushState(null, '', '/settings/sending'));
  await desktop.page.reload();
  await desktop.page.getByText('Work only while this computer is awake').waitFor();
});

test('a server that is killed comes back on the same port, with the session', async () => {
  const [killed] = running();
  killed?.child.kill('SIGKILL');
  await vi.waitFor(() => expect(fake.processes).toHaveLength(2), 30_000);
  await vi.waitFor(async () => expect((await workspace()).local).toBe('running'), 60_000);
  expect(portOf()).toBe(port);
  expect(running()).toHaveLength(1);
  await desktop.page.getByText('Synced', { exact: false }).first().waitFor({ timeout: 60_000 });
  expect(desktop.log()).toContainEqual(expect.objectContaining({ level: 'error', event: 'server ended' }));
});

test('a server that cannot start says why, and is started again from where that is said', async () => {
  const record = join(desktop.folder, 'workspace', 'postgres.json');
  await desktop.invoke('workspace.useServer', { url: 'http://127.0.0.1:1' });
  expect(running()).toHaveLength(0);
  renameSync(record, `${record}.away`);
  expect(await desktop.invoke('workspace.useLocal')).toMatchObject({
    mode: 'local',
    local: 'failed',
    problem: expect.stringContaining('password file'),
  });
  const { page } = desktop;
  await page.getByText('server on this computer has stopped').waitFor({ timeout: 60_000 });
  renameSync(`${record}.away`, record);
  await page.getByRole('button', { name: 'Start it again' }).click();
  await vi.waitFor(async () => expect((await workspace()).local).toBe('running'), 60_000);
  await page.getByText('server on this computer has stopped').waitFor({ state: 'detached', timeout: 60_000 });
  expect(running()).toHaveLength(1);
});

test('with a server that cannot start another one is chosen all the same, and what waits stays', async () => {
  const { page } = desktop;
  const record = join(desktop.folder, 'workspace', 'postgres.json');
  await desktop.invoke('workspace.useServer', { url: 'http://127.0.0.1:1' });
  renameSync(record, `${record}.away`);
  expect(await desktop.invoke('workspace.useLocal')).toMatchObject({ local: 'failed' });
  await page.getByText('server on this computer has stopped').waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Segments' }).click();
  await page.getByRole('button', { name: 'New segment' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Written without a server');
  await page.getByText('Saved locally · waiting to sync').waitFor();
  await page.evaluate(() => history.pushState(null, '', '/settings/account'));
  await page.reload();
  await page.getByRole('button', { name: 'Switch…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Switch to another server with unsent changes?' });
  await dialog.getByText(/The server cannot be reached/).waitFor();
  await dialog.getByRole('button', { name: /^Keep them on this device/ }).click();
  await page.getByText(/The server could not be told that you signed out/).waitFor();
  await page.getByRole('button', { name: 'Connect to a server' }).click();
  await page.getByLabel('Server address').fill('http://127.0.0.1:1');
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Use this server' }).click()]);
  await vi.waitFor(async () => expect(await workspace()).toMatchObject({ mode: 'server' }), 10_000);
  expect(existsSync(join(desktop.folder, 'session.bin'))).toBe(false);

  renameSync(`${record}.away`, record);
  await Promise.all([
    page.waitForEvent('load', { timeout: 90_000 }),
    page.getByRole('button', { name: 'Use this computer only' }).click(),
  ]);
  await page.getByText('Sign in to go on.').waitFor({ timeout: 60_000 });
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.getByLabel('Password').fill(ADMIN.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Segments' }).click();
  await page.getByRole('link', { name: 'Written without a server' }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Sync: Synced' }).waitFor({ timeout: 60_000 });
});

test('quitting the app ends the server first, cleanly', async () => {
  const [child] = running();
  await desktop.quit();
  expect(child?.child.exitCode).toBe(0);
  expect(await healthy(port)).toBe(false);
  await sleep(1500);
  expect(running()).toHaveLength(0);
  const text = JSON.stringify(desktop.log());
  expect(desktop.log().at(-1)).toMatchObject({ event: 'ended' });
  for (const { env } of fake.processes) expect(text).not.toContain(env.MUSTER_SETUP_CODE);
  expect(text).not.toContain(ADMIN.email);
});
