/** POST /api/cloudevents: CloudEvents 1.0 over HTTP in the structured, batched and binary content modes. */
import type { FastifyInstance } from 'fastify';
import type { ApiKeys } from '#server/accounts/api-keys.ts';
import { answerError } from '#server/http/error-answer.ts';
import { acceptBytes, jsonReader } from '#server/http/json-body.ts';
import { onlyFills, requireKey } from '#server/intake/basic-auth.ts';
import type { Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { readCloudEvents } from './content-modes.ts';
import { cloudEventRows } from './event-rows.ts';

const BODY_LIMIT = 5 * 1024 * 1024;
const MAX_EVENTS = 5_000;

export function cloudEventRoutes(
  deps: Pick<Deps, 'now' | 'config'>,
  parts: { intake: Pick<Intake, 'append'>; apiKeys: Pick<ApiKeys, 'verify'> },
) {
  const { intake, apiKeys } = parts;
  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (api) => {
      api.setErrorHandler(answerError);
      acceptBytes(api, { limit: BODY_LIMIT });
      const readJson = jsonReader(api);

      /** Senders of web hooks ask first whether they may send at all. */
      api.options('/api/cloudevents', async (request, reply) => {
        const origin = request.headers['webhook-request-origin'];
        if (typeof origin === 'string') {
          reply.header('webhook-allowed-origin', origin).header('webhook-allowed-rate', '*');
        }
        return reply.code(204).header('allow', 'POST, OPTIONS').send();
      });

      api.post('/api/cloudevents', async (request, reply) => {
        const key = await requireKey(apiKeys, request, reply, { keyIs: 'password', may: 'events' });
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const { isBatch, events } = await readCloudEvents(request.headers, bytes, (json) => readJson(request, json));
        if (events.length > MAX_EVENTS) throw new UserError('invalid_input', `At most ${MAX_EVENTS} events per batch.`);
        const { rows, rejected } = cloudEventRows(events, {
          now: deps.now(),
          onlyFill: onlyFills(key),
          region: deps.config.defaultRegion,
        });
        const [problem] = rejected;
        if (problem && rows.length === 0) {
          const field = isBatch ? `[${problem.index}].${problem.field ?? ''}` : (problem.field ?? undefined);
          throw new UserError('invalid_input', problem.message, field);
        }
        await intake.append(rows);
        return { accepted: rows.length, rejected };
      });
    });
  };
}
