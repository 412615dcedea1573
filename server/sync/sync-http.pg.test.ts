import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { writeContact } from '#server/identity/write-contacts.ts';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { must } from '#shared/kernel/assert.ts';
import { hintSchema, type Manifest, manifestSchema } from '#shared/sync/wire.schema.ts';
import { startTestApp, type TestApp } from '#tests/support/app.ts';

let app: TestApp;
let headers: Record<string, string>;
beforeAll(async () => {
  app = await startTestApp();
  headers = await app.signIn();
});
afterAll(() => app.stop());

const answered = z.object({ result: z.object({ data: manifestSchema }) });

async function readManifest(): Promise<Manifest> {
  const answer = await fetch(`${app.url}/trpc/sync.manifest`, { headers });
  expect(answer.status).toBe(200);
  return answered.parse(await answer.json()).result.data;
}

test('[CHUNK-1] [MAN-1] a signed-in page gets from a new contact to its chunk over HTTP, a stranger does not', async () => {
  await app.deps.db.tx((tx) =>
    writeContact(tx, { values: { email: 'a@example.com' } }, { source: 'API', now: Date.now() }),
  );
  app.deps.wake.notify('dirty');
  let manifest = await readManifest();
  for (let left = 100; manifest.chunks.length === 0 && left > 0; left--) {
    await sleep(100);
    manifest = await readManifest();
  }
  const { hash } = must(
    manifest.chunks.find(({ table }) => table === 'contactPersonal'),
    'a chunk of contacts',
  );
  const answer = await fetch(`${app.url}/chunks/${hash}`, { headers });
  expect(answer.status).toBe(200);
  expect(decodeChunk(new Uint8Array(await answer.arrayBuffer())).table).toBe('contactPersonal');
  expect((await fetch(`${app.url}/chunks/${hash}`)).status).toBe(401);
  expect((await fetch(`${app.url}/trpc/sync.manifest`)).status).toBe(401);
});

test('[HINT-1] the stream of hints reaches a signed-in page as server-sent events', async () => {
  const stop = new AbortController();
  const answer = await fetch(`${app.url}/trpc/sync.stream`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const reader = must(answer.body, 'a stream').pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!/^data: .*"version".*\n/m.test(text)) {
    const { value, done } = await reader.read();
    expect(done).toBe(false);
    text += value;
  }
  const data = must(/^data: (.*"version".*)$/m.exec(text)?.[1], 'a hint');
  expect(hintSchema.parse(JSON.parse(data))).toMatchObject({ version: (await readManifest()).tailFrom });
  stop.abort();
});
