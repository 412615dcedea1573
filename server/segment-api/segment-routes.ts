/** Segment's HTTP tracking API for servers, and the same by the short paths and the settings that browsers and apps use. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys } from '#server/accounts/api-keys.ts';
import { createFieldMatcher } from '#server/contacts/field-matcher.ts';
import { answerError } from '#server/http/error-answer.ts';
import { acceptJsonBodies } from '#server/http/json-body.ts';
import { onlyFills } from '#server/intake/basic-auth.ts';
import type { Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { browserSettings } from './browser-settings.ts';
import { type MessageType, messageTypes } from './message.schema.ts';
import { MAX_MESSAGE_BYTES, parseBatch, type Reading } from './messages.ts';
import { requireWriteKey } from './write-key.ts';

const MAX_BATCH_BYTES = 500 * 1024;

const shortPaths: Record<MessageType, string> = {
  identify: 'i',
  track: 't',
  page: 'p',
  screen: 's',
  group: 'g',
  alias: 'a',
};

/** Clients take 400 as "never again" and know nothing else for what is too large. */
function answerSegmentError(error: FastifyError | UserError, request: FastifyRequest, reply: FastifyReply): void {
  if (error.code === 'too_large') {
    const message = 'A message may have at most 32 KB, a batch 500 KB.';
    reply.code(400).send({ error: { code: 'too_large', message, field: null } });
  } else answerError(error, request, reply);
}

/** Any page may send: what vouches is the write key, never a cookie. */
function allowAnyOrigin(api: FastifyInstance): void {
  api.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
  });
  api.options('/v1/*', async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, OPTIONS')
      .header('access-control-allow-headers', 'authorization, content-type, content-encoding')
      .header('access-control-max-age', '86400')
      .send(),
  );
}

export function segmentRoutes(
  deps: Pick<Deps, 'now' | 'config' | 'db'>,
  parts: { intake: Pick<Intake, 'append'>; apiKeys: Pick<ApiKeys, 'verify'> },
) {
  const { intake, apiKeys } = parts;
  const readMatcher = createFieldMatcher(deps);

  async function readingFor(request: FastifyRequest, reply: FastifyReply): Promise<Reading> {
    const key = await requireWriteKey(apiKeys, request, reply);
    const matchFields = await readMatcher();
    return { now: deps.now(), matchFields, onlyFill: onlyFills(key), region: deps.config.defaultRegion };
  }

  function batchRoutes(api: FastifyInstance): void {
    acceptJsonBodies(api, { limit: MAX_BATCH_BYTES });
    for (const path of ['batch', 'b', 'import']) {
      api.post(`/v1/${path}`, async (request, reply) => {
        const { rows, rejected } = parseBatch(request.body, await readingFor(request, reply));
        await intake.append(rows);
        return { success: true, rejected };
      });
    }
  }

  function messageRoutes(api: FastifyInstance): void {
    acceptJsonBodies(api, { limit: MAX_MESSAGE_BYTES });
    for (const type of messageTypes) {
      for (const path of [type, shortPaths[type]]) {
        api.post(`/v1/${path}`, async (request, reply) => {
          const reading = await readingFor(request, reply);
          const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
          const { rows, rejected } = parseBatch({ batch: [{ ...body, type }] }, reading);
          const [problem] = rejected;
          if (problem) throw new UserError(problem.code, problem.message, problem.field ?? undefined);
          await intake.append(rows);
          return { success: true };
        });
      }
    }
    // Figures about the client itself.
    api.post('/v1/m', async () => ({ success: true }));
  }

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (api) => {
      api.setErrorHandler(answerSegmentError);
      allowAnyOrigin(api);
      await api.register(async (batches) => batchRoutes(batches));
      await api.register(async (messages) => messageRoutes(messages));
      api.get<{ Params: { writeKey: string } }>('/v1/projects/:writeKey/settings', async ({ params }, reply) => {
        if ((await apiKeys.verify(params.writeKey)) === null) {
          throw new UserError('not_found', 'This write key is not valid.', 'writeKey');
        }
        return reply.header('cache-control', 'no-cache').send(browserSettings(params.writeKey, deps.config.publicUrl));
      });
    });
  };
}
