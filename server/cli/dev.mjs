// `npm run dev`: the page from source with hot reload, in front of the running server. Needs the installed packages.
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';

const root = join(import.meta.dirname, '..', '..');

/** Serves the page by Vite and passes everything else on to the server. */
export async function startDev(serverUrl) {
  const server = await createServer({
    configFile: false,
    root: join(root, 'src-renderer'),
    plugins: [react()],
    worker: { format: 'es' },
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(
        ['/trpc', '/api', '/chunks', '/v1', '/site/', '/health', '/o/', '/c/', '/u/', '/confirm/'].map((path) => [
          path,
          { target: serverUrl, changeOrigin: false },
        ]),
      ),
    },
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? serverUrl;
  return { url, close: () => server.close() };
}
