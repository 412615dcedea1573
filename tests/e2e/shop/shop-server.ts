/** A small shop on an origin of its own, whose pages use the script as any shop would, and whose app uses the mobile SDK. */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'pages');
const files: Record<string, string> = {
  '/': 'index.html',
  '/product': 'product.html',
  '/cart': 'cart.html',
  '/account': 'account.html',
  '/single': 'single.html',
  '/shop.js': 'shop.js',
  '/app': 'app.html',
  '/app.js': 'app.js',
};

export type Shop = {
  /** http://localhost:<port>: another site than the server's 127.0.0.1. */
  url: string;
  /** What somebody pasted into the template of the pages. */
  paste: (snippet: string) => void;
  /** What the app was built with. */
  buildApp: (settings: { url: string; accessKey: string }) => void;
  close: () => Promise<void>;
};

export async function startShop(): Promise<Shop> {
  let snippet = '';
  let app = '';
  const answer = (path: string, response: ServerResponse): void => {
    const file = files[path];
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>There is no such page</h1>');
      return;
    }
    const type = file.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
    const page = readFileSync(join(folder, file), 'utf8');
    const text = page.replace('<!-- snippet -->', () => snippet).replace('<!-- app -->', () => app);
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
  };
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://localhost').pathname, response);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the shop has no address');
  return {
    url: `http://localhost:${address.port}`,
    paste(given) {
      snippet = given;
    },
    buildApp(settings) {
      app = `<script>window.MUSTER_APP = ${JSON.stringify(settings)};</script>`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
