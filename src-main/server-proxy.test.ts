import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createServerProxy } from './server-proxy.ts';

const seen: { method: string; url: string; headers: Record<string, string | string[] | undefined>; body: string }[] =
  [];
const upstream = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    if (request.url === '/api/auth/sign-in/email') {
      response.writeHead(200, {
        'content-type': 'application/json',
        'set-auth-token': 'secret-token',
        'set-cookie': 'a=b',
      });
      response.end(JSON.stringify({ token: 'secret-token', user: { id: 'u1' } }));
    } else if (request.url === '/api/auth/get-session') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ session: { id: 's', token: 'secret-token' }, user: { id: 'u1' } }));
    } else if (request.url === '/trpc/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
    } else {
      response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b' });
      response.end('{}');
    }
  });
});
let origin = '';
let token: string | null = null;
const tokens = {
  get: () => token,
  set: (next: string | null) => {
    token = next;
  },
};
const proxy = () => createServerProxy({ origin: () => origin, tokens, fetch });

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

test('signing in leaves the token in main, and no answer carries it to the page', async () => {
  const answer = await proxy()(
    new Request('http://bundle/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'stolen=1', origin: 'app://bundle' },
      body: '{"email":"a@b.c"}',
    }),
  );
  expect(await answer.text()).toBe('{"user":{"id":"u1"}}');
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(answer.headers.get('set-auth-token')).toBeNull();
  expect(token).toBe('secret-token');
  const request = seen.at(-1);
  expect(request?.headers.origin).toBe(origin);
  expect(request?.headers.cookie).toBeUndefined();
  expect(request?.body).toBe('{"email":"a@b.c"}');

  const session = await proxy()(new Request('http://bundle/api/auth/get-session'));
  expect(await session.json()).toEqual({ session: { id: 's' }, user: { id: 'u1' } });
  expect(seen.at(-1)?.headers.authorization).toBe('Bearer secret-token');
});

test('a stream reaches the page while it is still open, and closing it closes the upstream', async () => {
  const stop = new AbortController();
  const answer = await proxy()(new Request('http://bundle/trpc/stream', { signal: stop.signal }));
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value)).toBe('data: one\n\n');
  stop.abort();
  await expect(reader?.read()).rejects.toThrow();
});

test('signing out forgets the token', async () => {
  await proxy()(new Request('http://bundle/api/auth/sign-out', { method: 'POST', body: '{}' }));
  expect(token).toBeNull();
});

test('signing out without the server takes the token away at once, and ends that session when it answers', async () => {
  const signOut = () => new Request('http://bundle/api/auth/sign-out', { method: 'POST', body: '{}' });
  let up = false;
  let at = origin;
  token = 'of-a-session';
  const flaky = createServerProxy({
    origin: () => at,
    tokens,
    fetch: (...asked) => (up ? fetch(...asked) : Promise.reject(new TypeError('away'))),
  });
  expect((await flaky(signOut())).type).toBe('error');
  expect(token).toBeNull();
  up = true;
  await flaky(new Request('http://bundle/trpc/x'));
  expect(seen.at(-1)?.headers.authorization).toBeUndefined();
  // Another server learns nothing of it.
  at = origin.replace('127.0.0.1', 'localhost');
  await flaky(signOut());
  expect(seen.at(-1)?.headers.authorization).toBeUndefined();
});

test('the session that could not be ended is ended with its own token, once', async () => {
  const signOut = () => new Request('http://bundle/api/auth/sign-out', { method: 'POST', body: '{}' });
  const answers = [Promise.reject(new TypeError('away'))];
  token = 'of-a-session';
  const flaky = createServerProxy({
    origin: () => origin,
    tokens,
    fetch: (...asked) => answers.shift() ?? fetch(...asked),
  });
  await flaky(signOut());
  await flaky(signOut());
  expect(seen.at(-1)?.headers.authorization).toBe('Bearer of-a-session');
  await flaky(signOut());
  expect(seen.at(-1)?.headers.authorization).toBeUndefined();
});

test('an unreachable server is a network error', async () => {
  const away = createServerProxy({ origin: () => 'http://127.0.0.1:1', tokens, fetch });
  expect((await away(new Request('http://bundle/trpc/x'))).type).toBe('error');
});

test('a token that comes after another server was chosen is not kept for that one', async () => {
  const kept = vi.fn();
  const origins = [origin, 'https://other.example.org'];
  const switched = createServerProxy({
    origin: () => origins.shift() ?? null,
    tokens: { get: () => null, set: kept },
    fetch,
  });
  const answer = await switched(
    new Request('http://bundle/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }),
  );
  expect(answer.status).toBe(200);
  expect(kept).not.toHaveBeenCalled();
});

test('while there is no server nothing is sent anywhere', async () => {
  const sent = vi.fn<typeof fetch>();
  const answer = await createServerProxy({ origin: () => null, tokens, fetch: sent })(
    new Request('http://bundle/trpc/x'),
  );
  expect(answer.type).toBe('error');
  expect(sent).not.toHaveBeenCalled();
});

test('the page’s protocol reaches the server, so that it knows how old the app is', async () => {
  await proxy()(new Request('http://bundle/trpc/sync.manifest', { headers: { 'x-muster-protocol': '2' } }));
  expect(seen.at(-1)?.headers['x-muster-protocol']).toBe('2');
});
