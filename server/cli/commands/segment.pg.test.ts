import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { loadIntoDatabase } from '#tests/support/segment-data.ts';

const muster = join(import.meta.dirname, '..', 'muster.ts');
const contact = (country: string) => ({ country, createdAt: 0, emailStatus: 'none' });

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'muster-segment-'));
  await loadIntoDatabase(database.db, {
    contact: new Map([
      [1, contact('Germany')],
      [3, contact('GERMANY')],
      [5, contact('France')],
    ]),
    order: new Map(),
    event: new Map(),
    delivery: new Map(),
  });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

type Run = { code: number; stdout: string; stderr: string };

/** Runs the real command on a file with this text. */
async function count(text: string): Promise<Run> {
  const file = join(folder, 'segment.json');
  await writeFile(file, text);
  const env = { ...process.env, MUSTER_DATABASE_URL: database.url, MUSTER_DATA_DIR: join(folder, 'data') };
  return new Promise((done) => {
    execFile(process.execPath, [muster, '--json', 'segment', 'count', file], { env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const rule = { type: 'text', field: 'country', op: 'is', values: ['germany'] };

test('counts what a rule or a segment finds', async () => {
  const plain = await count(JSON.stringify(rule));
  expect(plain, plain.stderr).toMatchObject({ code: 0, stdout: '{"count":2}\n' });
  const body = await count(JSON.stringify({ name: 'Others', rule: { type: 'not', rule } }));
  expect(body, body.stderr).toMatchObject({ code: 0, stdout: '{"count":1}\n' });
});

test('a rule that is not one fails, naming the place', async () => {
  const broken = await count(
    JSON.stringify({ name: 'x', rule: { type: 'all', rules: [rule, { ...rule, values: [] }] } }),
  );
  expect(broken).toMatchObject({ code: 1, stdout: '' });
  expect(broken.stderr).toContain('rule.rules.1.values: Enter a value');
});
