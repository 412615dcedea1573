/** What apps ask for that Muster does not have yet, answered as an account answers that has none of it. */
import type { FastifyInstance } from 'fastify';
import { parseBody } from '#server/intake/parse-body.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { segmentChecks } from './mobile.schema.ts';

const NO_MESSAGES = { messages: [] };
const NO_MESSAGES_TAG = '"none"';

export function emptyAnswers(api: FastifyInstance): void {
  api.get('/api/v1/appinbox/messages', async () => ({ list: [], totalPages: 0 }));
  api.get('/api/v1/appinbox/messages/count', async () => ({ unreadCount: 0 }));
  api.post('/api/v1/appinbox/messages/status', async () => ({}));
  api.post('/api/v1/recoms/:variant/request', async () => ({ recoms: [] }));
  api.get('/api/v1/inapp/messages', async (request, reply) => {
    reply.header('etag', NO_MESSAGES_TAG).header('cache-control', 'no-cache');
    if (request.headers['if-none-match']?.includes(NO_MESSAGES_TAG)) return reply.code(304).send();
    return NO_MESSAGES;
  });
  api.post('/api/v1/inapp/contents/request', async () => ({ contents: [] }));
  api.get('/api/v1/inapp/interactions/:id/message', async () => {
    throw new UserError('not_found', 'There is no in-app message for this interaction.');
  });
  api.post('/api/v1/inapp/async-rules/check', async (request) => ({
    checks: parseBody(segmentChecks, request.body).checks.map(({ params }) => ({
      segmentId: params?.segmentId ?? null,
      checkResult: false,
    })),
  }));
  // The SDK reports its own errors. They may hold anything, so they are not kept.
  api.post('/logs/v1/events', async () => ({}));
}
