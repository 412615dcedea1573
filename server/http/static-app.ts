import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where requests are answered by programs; a wrong address below these is a 404, never the app. */
const programs = ['/api/', '/trpc/', '/chunks/', '/v1/', '/site/', '/logs/', '/health'];

/** The built app: hashed files may be kept for ever, the page itself and the service worker never. Any other page address is the app's. */
export function staticApp(folder: string) {
  return async (app: FastifyInstance): Promise<void> => {
    const built = existsSync(join(folder, 'index.html'));
    if (built) {
      await app.register(fastifyStatic, {
        root: folder,
        cacheControl: false,
        setHeaders(reply, path) {
          const hashed = path.startsWith(join(folder, 'assets'));
          reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
        },
      });
    }
    app.setNotFoundHandler((request, reply) => {
      const isPage = request.method === 'GET' && (request.url === '/' || request.headers.accept?.includes('text/html'));
      if (!isPage || programs.some((prefix) => request.url.startsWith(prefix))) {
        reply
          .code(404)
          .send({ error: { code: 'not_found', message: 'There is nothing at this address.', field: null } });
      } else if (built) reply.sendFile('index.html');
      else
        reply
          .code(503)
          .type('text/plain')
          .send('The app is not built. Run "npm run build", then restart the server.\n');
    });
  };
}
