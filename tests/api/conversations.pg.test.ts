import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { createApiKeys } from '#server/accounts/api-keys.ts';
import { cloudEventRoutes } from '#server/cloud-events/cloud-event-routes.ts';
import { BUCKETS } from '#server/identity/buckets.ts';
import { createImports } from '#server/imports/imports.ts';
import { publicApi } from '#server/intake/api/public-api.ts';
import { drainBucket } from '#server/intake/drain-bucket.ts';
import { createIntake } from '#server/intake/intake.ts';
import { mobileRoutes } from '#server/mobile-api/mobile-routes.ts';
import { segmentRoutes } from '#server/segment-api/segment-routes.ts';
import { apiKeyScopes } from '#shared/api/ports.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { bytesOf, conversation, difference, filled, type Step } from './conversation.ts';

const folder = join(import.meta.dirname, 'conversations');
const now = Date.UTC(2026, 10, 23, 12);

type Stage = {
  app: FastifyInstance;
  names: Map<string, string>;
  settle: () => Promise<void>;
  close: () => Promise<void>;
};
let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

async function openStage(): Promise<Stage> {
  const database = await createTestDatabase();
  const deps = createTestDeps(database.db, { now: () => now });
  const apiKeys = createApiKeys(deps);
  const names = new Map<string, string>();
  const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  for (const scope of apiKeyScopes) {
    const { key } = await apiKeys.create(caller, { scope, name: scope });
    names.set(`key.${scope}`, key).set(`user.${scope}`, basic(key, '')).set(`password.${scope}`, basic('', key));
  }
  const intake = createIntake(deps);
  const imports = createImports(deps);
  await intake.start();
  const app = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  for (const routes of [publicApi, segmentRoutes, cloudEventRoutes, mobileRoutes]) {
    await app.register(routes(deps, { intake, apiKeys, imports }));
  }
  await app.ready();
  return {
    app,
    names,
    async settle() {
      for (let bucket = 0; bucket < BUCKETS; bucket++) while ((await drainBucket(deps, bucket)) === 'more');
      expect(await database.db.query('select kind, error from intake')).toEqual([]);
    },
    async close() {
      await app.close();
      await intake.stop();
      await database.drop();
    },
  };
}

const textRecord = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(value ?? {}).map(([name, one]) => [name, String(one)]));

async function play({ app, names, settle }: Stage, { says, settled, request, answer }: Step): Promise<void> {
  if (settled) await settle();
  const payload = bytesOf(request, names);
  const found = await app.inject({
    method: request.method,
    url: String(filled(request.path, names)),
    headers: {
      ...(request.json !== undefined && { 'content-type': 'application/json' }),
      ...(request.gzip && { 'content-encoding': 'gzip' }),
      ...textRecord(filled(request.headers, names)),
    },
    ...(payload && { payload }),
  });
  expect(found.statusCode, `${says}: ${found.body}`).toBe(answer.status);
  expect(difference(filled(answer.headers, names), found.headers), says).toBeNull();
  if (answer.text !== undefined) expect(found.body, says).toBe(answer.text);
  if (answer.json !== undefined) expect(difference(filled(answer.json, names), found.json()), says).toBeNull();
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { about, steps } = conversation.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  test(`${file}: ${about}`, async () => {
    stage = await openStage();
    for (const step of steps) await play(stage, step);
    await stage.settle();
  });
}
