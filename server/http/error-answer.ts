import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, UserError } from '#shared/kernel/errors.ts';

const statusOf: Record<ErrorCode, number> = {
  invalid_input: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  duplicate_request: 400,
  too_large: 413,
  rate_limited: 429,
  not_ready: 503,
  sending_stopped: 412,
  public_url_unverified: 412,
  stale_schedule: 412,
  epoch_changed: 412,
  newer_version: 412,
  resync_needed: 412,
  client_too_old: 412,
  internal: 500,
};

/** When nothing better is known about how long the server will be busy. */
const RETRY_AFTER_SECONDS = 5;

/** Outside tRPC, an error is answered as `{error: {code, message, field}}`; what nobody outside can act on only says so. */
export function answerError(error: FastifyError | UserError, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof UserError) {
    const isLater = error.code === 'rate_limited' || error.code === 'not_ready';
    if (isLater && !reply.hasHeader('retry-after')) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    reply
      .code(statusOf[error.code])
      .send({ error: { code: error.code, message: error.message, field: error.field ?? null } });
    return;
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    const code: ErrorCode = status === 413 ? 'too_large' : status === 429 ? 'rate_limited' : 'invalid_input';
    reply.code(status).send({ error: { code, message: error.message, field: null } });
    return;
  }
  request.log.error({ err: error }, 'request failed');
  reply.code(500).send({ error: { code: 'internal', message: 'The server failed; see its log.', field: null } });
}
