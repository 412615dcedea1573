/**
 * Apps that are pages: the SDK as a module, and leave to call the SDK's three paths from any origin. The key in the
 * request is what lets somebody in; no cookie is asked for or sent.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '#server/http/error-answer.ts';
import { UserError } from '#shared/kernel/errors.ts';

const built = join(import.meta.dirname, '..', '..', 'out', 'sdk-mobile', 'index.js');
const SDK_SECONDS = 300;
const paths = ['/api/v1/device', '/api/v1/user', '/api/v1/events'];

export async function letPagesIn(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
}

async function sendSdk(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const text = await readFile(built, 'utf8').catch(() => null);
  if (text === null) throw new UserError('not_ready', 'The SDK is not built. Run "npm run build" on the server.');
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  reply.header('cache-control', `public, max-age=${SDK_SECONDS}`).header('etag', etag);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type('text/javascript; charset=utf-8').send(text);
}

/** Routes without a key: what a browser asks before it sends one, and the SDK itself. */
export async function browserRoutes(app: FastifyInstance): Promise<void> {
  app.setErrorHandler(answerError);
  app.addHook('onRequest', letPagesIn);
  app.get('/sdk/mobile.js', sendSdk);
  for (const path of paths) {
    app.options(path, async (_request, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'POST, OPTIONS')
        .header(
          'access-control-allow-headers',
          'content-type, content-encoding, x-reteno-access-key, x-reteno-sdk-version, x-reteno-device-id, x-reteno-debug',
        )
        .header('access-control-max-age', '86400')
        .send(),
    );
  }
}
