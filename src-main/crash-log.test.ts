import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createReloadLimit, recordCrashes } from './crash-log.ts';
import { openLogFile } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every kind of crash is on the disk when its event returns, without anybody’s values', () => {
  const [process, app] = [new EventEmitter(), new EventEmitter()];
  const log = openLogFile(folder);
  recordCrashes(log, process, app);
  const last = () => JSON.parse(readFileSync(log.path, 'utf8').trim().split('\n').at(-1) ?? '');

  process.emit('uncaughtExceptionMonitor', new Error('no "Anna" at anna@example.org'));
  expect(last()).toMatchObject({ level: 'error', event: 'uncaught exception', message: 'no "…" at …' });
  process.emit('unhandledRejection', new Error('Bearer abc'));
  expect(last()).toMatchObject({ event: 'unhandled rejection', message: 'Bearer …' });
  app.emit('render-process-gone', {}, {}, { reason: 'oom', exitCode: 5 });
  expect(last()).toMatchObject({ level: 'error', event: 'page process gone', reason: 'oom', exitCode: 5 });
  app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 11 });
  expect(last()).toMatchObject({ event: 'child process gone', type: 'GPU', reason: 'crashed' });
  app.emit('child-process-gone', {}, { type: 'Utility', serviceName: 'x', reason: 'clean-exit', exitCode: 0 });
  expect(last()).toMatchObject({ level: 'info', name: 'x' });
});

test('a page that keeps dying is not loaded for ever', () => {
  let now = 0;
  const mayReload = createReloadLimit(() => now);
  expect([mayReload(), mayReload(), mayReload(), mayReload()]).toEqual([true, true, true, false]);
  now = 60_001;
  expect(mayReload()).toBe(true);
});
