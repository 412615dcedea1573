/** The public API over a database of its own, with keys and the worker of events behind it. */
import Fastify, { type FastifyInstance } from 'fastify';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { BUCKETS } from '#server/identity/buckets.ts';
import { createImports } from '#server/imports/imports.ts';
import { publicApi } from '#server/intake/api/public-api.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import { createIntake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { caller } from './caller.ts';
import { createTestDatabase } from './postgres.ts';
import { createTestDeps } from './test-deps.ts';

const scopes = ['full', 'events', 'contacts', 'messages'] as const;

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export type PublicApiStage = Awaited<ReturnType<typeof openPublicApi>>;

export async function openPublicApi(options: { now?: () => number } = {}) {
  const database = await createTestDatabase();
  const deps: Deps = createTestDeps(database.db, options);
  const apiKeys = createApiKeys(deps);
  const keys = { full: '', events: '', contacts: '', messages: '' };
  for (const scope of scopes) keys[scope] = (await apiKeys.create(caller, { scope, name: '' })).key;
  const intake = createIntake(deps);
  await intake.start();
  const app: FastifyInstance = Fastify();
  await app.register(publicApi(deps, { intake, apiKeys, imports: createImports(deps) }));
  await app.ready();

  return {
    database,
    app,
    intake,
    keys,
    async post(url: string, body: unknown, authorization = basic('', keys.full)) {
      const headers = { authorization, 'content-type': 'application/json' };
      const answer = await app.inject({ method: 'POST', url, headers, payload: JSON.stringify(body) });
      return { status: answer.statusCode, body: answer.payload === '' ? null : answer.json() };
    },
    /** Everything that was taken is done. */
    async work(): Promise<void> {
      for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
    },
    async close(): Promise<void> {
      await app.close();
      await intake.stop();
      await database.drop();
    },
  };
}
