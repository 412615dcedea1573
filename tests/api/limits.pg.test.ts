/** What an operator sets: how often a key may ask, and whether files of this network may be fetched. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';

let database: TestDatabase;
let app: Awaited<ReturnType<typeof startTestApp>>;

beforeAll(async () => {
  database = await createTestDatabase();
  const env = { MUSTER_DATABASE_URL: database.url, MUSTER_API_RATE: '3', MUSTER_API_PRIVATE_URLS: '1' };
  app = await startTestApp({ env });
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

const newKey = async () =>
  `Basic ${btoa(`:${(await app.ports.apiKeys.create(caller, { scope: 'full', name: '' })).key}`)}`;

test('a key that asks too often is told when to come back, others are not held up, and then it is let in', async () => {
  const [busy, other] = [await newKey(), await newKey()];
  const ask = (authorization: string) => fetch(`${app.url}/api/v1/version`, { headers: { authorization } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(busy)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(12);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(6);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await refused[0]?.json()).toEqual({
    error: { code: 'rate_limited', message: expect.stringContaining('3 requests a second'), field: null },
  });
  expect((await ask(other)).status).toBe(200);
  await new Promise((done) => setTimeout(done, 1_000));
  expect((await ask(busy)).status).toBe(200);
});

test('contacts are imported from a file behind a link, and importstatus says what became of it', async () => {
  const files = createServer((_request, response) => response.end('email,first name\nup1@x.org,Ann\nnobody,Bob\n'));
  await new Promise<void>((done) => files.listen(0, '127.0.0.1', done));
  const address = files.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/contacts.csv`;
  const authorization = await newKey();
  const answer = await fetch(`${app.url}/api/v1/contacts/upload`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ url }),
  });
  expect(answer.status).toBe(200);
  const { asyncSessionId } = await answer.json();
  await vi.waitFor(
    async () => {
      const status = await fetch(`${app.url}/api/v1/importstatus/${asyncSessionId}`, { headers: { authorization } });
      expect(await status.json()).toMatchObject({ status: 'FINISHED', total: 2, failed: 1 });
    },
    { timeout: 20_000, interval: 500 },
  );
  expect(await database.db.query(`select email, first_name from contact`)).toEqual([
    { email: 'up1@x.org', first_name: 'Ann' },
  ]);
  await new Promise((done) => files.close(done));
});
