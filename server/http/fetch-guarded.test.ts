import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchGuarded, isPublicAddress } from './fetch-guarded.ts';

let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    const to = { '/again': '/file', '/loop': '/loop', '/inside': 'http://127.0.0.1:1/x' }[request.url ?? ''];
    if (to) response.writeHead(302, { location: to }).end();
    else if (request.url === '/file') response.end('a,b');
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => new Promise((done) => server.close(done)));

test('addresses of this machine and of networks are told from those of the internet', () => {
  for (const inside of [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    'localhost',
    '',
  ]) {
    expect([inside, isPublicAddress(inside)]).toEqual([inside, false]);
  }
  for (const outside of ['8.8.8.8', '172.32.0.1', '2606:4700::1111']) expect(isPublicAddress(outside)).toBe(true);
});

const open = { allowPrivate: true, timeoutMs: 5_000 };
const guarded = { allowPrivate: false, timeoutMs: 5_000 };

test('what is allowed is fetched, through a redirect too', async () => {
  expect(await text(await fetchGuarded(`${url}/again`, open))).toBe('a,b');
  await expect(fetchGuarded(`${url}/loop`, open)).rejects.toMatchObject({ code: 'invalid_input', field: 'url' });
  await expect(fetchGuarded(`${url}/none`, open)).rejects.toThrow('status 404');
  await expect(fetchGuarded(`${url}/inside`, open)).rejects.toThrow('cannot be reached');
});

test('names and addresses that lead inside are refused, and so is what is no web address', async () => {
  const port = new URL(url).port;
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1']) {
    await expect(fetchGuarded(`http://${host}:${port}/file`, guarded)).rejects.toMatchObject({ code: 'forbidden' });
  }
  for (const bad of ['file:///etc/passwd', 'ftp://x/y', 'nothing', ''])
    await expect(fetchGuarded(bad, guarded)).rejects.toMatchObject({ code: 'invalid_input' });
});
