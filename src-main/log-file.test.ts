import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openLogFile } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'muster-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a line is on the disk when write returns, and a new start appends', () => {
  const at = join(folder, 'append');
  openLogFile(at, { now: () => 0 }).write('info', 'started', { version: '1.0.0' });
  openLogFile(at, { now: () => 1000 }).write('error', 'crashed');
  expect(lines(join(at, 'muster.log'))).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', event: 'started', version: '1.0.0' },
    { time: '1970-01-01T00:00:01.000Z', level: 'error', event: 'crashed' },
  ]);
  if (process.platform !== 'win32') expect(statSync(join(at, 'muster.log')).mode & 0o077).toBe(0);
});

test('the log never grows beyond its size times the files kept, and keeps the newest', () => {
  const at = join(folder, 'rotate');
  const log = openLogFile(at, { maxBytes: 500, keep: 2 });
  for (let n = 0; n < 60; n++) log.write('info', 'tick', { n });
  expect(readdirSync(at).sort()).toEqual(['muster.log', 'muster.log.1', 'muster.log.2']);
  for (const file of readdirSync(at)) expect(statSync(join(at, file)).size).toBeLessThanOrEqual(500);
  const all = ['muster.log.2', 'muster.log.1', 'muster.log'].flatMap((file) => lines(join(at, file)).map(({ n }) => n));
  expect(all.at(-1)).toBe(59);
  expect(all).toEqual(Array.from({ length: all.length }, (_, index) => 60 - all.length + index));
});

test('a disk that refuses is told on the console and nothing is thrown', () => {
  const at = join(folder, 'refused');
  const log = openLogFile(at);
  rmSync(at, { recursive: true });
  writeFileSync(at, 'a file where the folder was');
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(() => log.write('info', 'lost')).not.toThrow();
  expect(said).toHaveBeenCalledOnce();
  said.mockRestore();
});
