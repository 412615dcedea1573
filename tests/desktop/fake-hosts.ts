import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { fake } from './fake-state.ts';

/** app://bundle/x ⇄ http://bundle.localhost:PORT/x */
const hosts = new Map<string, string>();

export const toReal = (url: string) => {
  for (const [own, real] of hosts) if (url === own || url.startsWith(`${own}/`)) return real + url.slice(own.length);
  return url;
};
export const toOwn = (url: string) => {
  for (const [own, real] of hosts) if (url === real || url.startsWith(`${real}/`)) return own + url.slice(real.length);
  return url;
};

/** Serves a host of a registered scheme: each request becomes the Request protocol.handle would get, the answer is streamed. */
export async function serveHost(scheme: string, host: string): Promise<void> {
  const own = `${scheme}://${host}`;
  if (hosts.has(own)) return;
  const server = createServer((incoming, outgoing) => {
    const aborted = new AbortController();
    outgoing.on('close', () => aborted.abort());
    const body =
      incoming.method === 'GET' || incoming.method === 'HEAD'
        ? undefined
        : (Readable.toWeb(incoming) as ReadableStream);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (typeof value !== 'string' || name === 'host' || name === 'connection') continue;
      headers.set(name, name === 'origin' ? toOwn(value) : value);
    }
    const request = new Request(`${own}${incoming.url ?? '/'}`, {
      method: incoming.method ?? 'GET',
      signal: aborted.signal,
      ...(body ? { body, duplex: 'half' } : {}),
    });
    // Node's own Request drops what a browser alone may set (Origin, Sec-Fetch-Site).
    Object.defineProperty(request, 'headers', { value: headers });
    void (async () => {
      const handler = fake.handlers.get(scheme);
      const answer = handler ? await handler(request) : new Response('No handler', { status: 500 });
      if (answer.type === 'error') {
        outgoing.destroy();
        return;
      }
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
      if (!answer.body) outgoing.end();
      else
        Readable.fromWeb(answer.body as unknown as NodeReadableStream)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing);
    })().catch((error: unknown) => {
      outgoing.writeHead(500);
      outgoing.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.servers.push(server);
  hosts.set(own, `http://${host}.localhost:${(server.address() as AddressInfo).port}`);
}
