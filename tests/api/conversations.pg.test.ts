/** Every recorded conversation, replayed against a real server: one test a file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeDocument } from '#server/sync/document-store.ts';
import { apiKeyScopes } from '#shared/api/ports.ts';
import { documentKinds } from '#shared/sync/envelope.schema.ts';
import { startTestApp } from '#tests/support/app.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { compare, conversationSchema, fill, resolve, type Saved, send } from './conversation.ts';

const folder = join(import.meta.dirname, 'conversations');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

let database: TestDatabase;
let app: Awaited<ReturnType<typeof startTestApp>>;
const keys: Record<string, string> = {};
const names = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startTestApp({ env: { MUSTER_DATABASE_URL: database.url } });
  for (const scope of apiKeyScopes) {
    const { key } = await app.ports.apiKeys.create(caller, { scope, name: scope });
    keys[scope] = key;
    names.set(`key.${scope}`, key).set(`user.${scope}`, `Basic ${btoa(`${key}:`)}`);
  }
});
afterAll(async () => {
  await app.stop();
  await database.drop();
});

async function settled(): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const rows = await database.db.query('select kind, error from intake limit 3');
    if (rows.length === 0) break;
    if (Date.now() > deadline) throw new Error(`The log is not worked: ${JSON.stringify(rows)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
  expect(await database.db.query('select kind, error from intake_parked')).toEqual([]);
}

test.each(files)('%s', async (file) => {
  const conversation = conversationSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  const saved: Saved = new Map(names);
  for (const [at, step] of conversation.steps.entries()) {
    try {
      if ('ask' in step) {
        let answered = await send(app.url, step.ask, keys, saved);
        for (let left = step.until ?? 0; left > 0 && answered.status !== step.answer.status; left--) {
          answered = await send(app.url, step.ask, keys, saved);
        }
        compare(step.answer, answered, saved);
      } else if ('settled' in step) await settled();
      else if ('sql' in step) {
        const rows = await database.db.query(String(fill(step.sql, saved)));
        expect(JSON.parse(JSON.stringify(rows))).toEqual(resolve(step.rows, JSON.parse(JSON.stringify(rows)), saved));
      } else {
        const { kind, id, body } = step.document;
        const known = documentKinds.find((one) => one === kind);
        if (!known) throw new Error(`there is no kind ${kind}`);
        await database.db.tx((tx) => writeDocument(tx, known, id, body));
      }
    } catch (error) {
      if (error instanceof Error) error.message = `step ${at + 1}: ${error.message}`;
      throw error;
    }
  }
});

/**
 * What Muster's own pages, mails and monitors ask for is tested where it is made, and so is the built SDK; everything else
 * is a door for others. A route that is new must be talked to, or be named here.
 */
const own = [
  ...['/health', '/trpc/:path', '/imports/', '/chunks/:hash', '/api/auth/', '/*'],
  ...['/o/*', '/c/*', '/u/*', '/confirm/*', '/api/docs', '/api/openapi.json', '/sdk/mobile.js'],
];

/** Whether a request goes to the route: ":id" is one part of the path, "*" is any rest. */
const goesTo = (route: string): RegExp => new RegExp(`^${route.replace(/:\w+/g, '[^/]+').replace('*', '.+')}/*$`);

test('every route that others may ask has a conversation', () => {
  const asked = files.flatMap((file) =>
    conversationSchema
      .parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
      .steps.flatMap((step) => ('ask' in step ? [`${step.ask.method} ${step.ask.path.replace(/[?#].*$/, '')}`] : [])),
  );
  const isOwn = (name: string): boolean => own.some((path) => name.slice(name.indexOf(' ') + 1).startsWith(path));
  // Where there is GET, HEAD is Fastify's.
  const doors = app.routes.filter((name) => !name.startsWith('HEAD ') && !isOwn(name));
  expect(doors.length).toBeGreaterThan(90);
  expect(doors.filter((name) => !asked.some((one) => goesTo(name).test(one)))).toEqual([]);
});
