import { expect, test, vi } from 'vitest';
import { createUpdates, namedFeed, type Updater, updateFeed } from './updates.ts';

function setUp(answers: boolean[], found: { isUpdateAvailable: boolean } | Error = { isUpdateAvailable: true }) {
  const steps: string[] = [];
  const updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    checkForUpdates: vi.fn(async () => {
      if (found instanceof Error) throw found;
      return { ...found, updateInfo: { version: '9.9.9' } };
    }),
    downloadUpdate: vi.fn(async () => {
      steps.push('downloaded');
      return [];
    }),
    quitAndInstall: vi.fn(() => steps.push('installed')),
  };
  const tell = vi.fn();
  const lines: string[] = [];
  const updates = createUpdates({
    load: async () => updater as unknown as Updater,
    ask: async (question) => {
      steps.push(`asked ${question}`);
      return answers.shift() ?? false;
    },
    tell,
    beforeInstall: async () => {
      steps.push('stopped the server');
    },
    log: { path: '', write: (level, event, fields) => lines.push(`${level} ${event} ${JSON.stringify(fields)}`) },
  });
  return { updates, updater, steps, tell, lines };
}

test('each step waits for a yes', async () => {
  const { updates, updater, steps } = setUp([true, true]);
  await updates.check(false);
  expect(steps).toEqual(['asked download', 'downloaded', 'asked install', 'stopped the server', 'installed']);
  expect([updater.autoDownload, updater.autoInstallOnAppQuit]).toEqual([false, false]);
});

test('a no ends it, and is not asked again for the same version unless by hand', async () => {
  const { updates, updater, steps } = setUp([false]);
  await updates.check(false);
  await updates.check(false);
  expect(steps).toEqual(['asked download']);
  await updates.check(true);
  expect(steps).toEqual(['asked download', 'asked download']);
  expect(updater.downloadUpdate).not.toHaveBeenCalled();
});

test('a downloaded version is not installed without a yes', async () => {
  const { updates, updater } = setUp([true, false]);
  await updates.check(false);
  expect(updater.quitAndInstall).not.toHaveBeenCalled();
});

test('what fails is in the log, and told only to who asked', async () => {
  const failing = setUp([], new Error('https://feed.example.org/latest.yml?key=secret failed'));
  await failing.updates.check(false);
  expect(failing.lines).toEqual([expect.stringMatching(/^warn update failed/)]);
  expect(failing.lines[0]).not.toContain('secret');
  expect(failing.tell).not.toHaveBeenCalled();
  await failing.updates.check(true);
  expect(failing.tell).toHaveBeenCalledWith('failed');
  const current = setUp([], { isUpdateAvailable: false });
  await current.updates.check(true);
  expect(current.tell).toHaveBeenCalledWith('none');
});

test('versions come over https, or from this machine', () => {
  expect(updateFeed('https://updates.example.org/muster')).toBe('https://updates.example.org/muster');
  expect(updateFeed('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080/');
  for (const url of [
    undefined,
    '',
    'http://updates.example.org',
    'https://u:p@updates.example.org',
    'file:///x',
    'x',
  ]) {
    expect(updateFeed(url), url).toBeNull();
  }
});

test('a packaged app looks nowhere but where it was built to look', () => {
  const feed = 'https://updates.example.org/muster';
  expect(namedFeed(false, undefined, feed)).toBe(feed);
  expect(namedFeed(false, feed, 'https://other.example.org')).toBe(feed);
  expect(namedFeed(true, feed, feed)).toBeNull();
});
