import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiKeys, VerifiedKey } from '#server/accounts/api-keys.ts';
import { mayWrite, readBasic, readBearer } from '#server/intake/basic-auth.ts';
import { UserError } from '#shared/kernel/errors.ts';

const inBody = z.object({ writeKey: z.string() });
const inMessages = z.object({ batch: z.tuple([inBody], z.unknown()) });

/** The user name of Basic (servers), a bearer token, or what browsers and apps put into the body. */
function readWriteKey(request: Pick<FastifyRequest, 'headers' | 'body'>): string | undefined {
  const { authorization } = request.headers;
  const basic = readBasic(authorization);
  if (basic) return basic.user || basic.password;
  return (
    readBearer(authorization) ??
    inBody.safeParse(request.body).data?.writeKey ??
    inMessages.safeParse(request.body).data?.batch[0].writeKey
  );
}

/**
 * Refuses a request without a write key. The scope “events” is enough for every message, identify too: a key that lies in a
 * page or an app for all to read must be able to write, and to read nothing. What it may replace: see onlyFills.
 */
export async function requireWriteKey(
  apiKeys: Pick<ApiKeys, 'verify'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<VerifiedKey> {
  const given = readWriteKey(request);
  const key = given ? await apiKeys.verify(given) : null;
  if (!key) {
    reply.header('www-authenticate', 'Basic realm="Muster"');
    throw new UserError('unauthorized', given ? 'This write key is not valid.' : 'Give an API key as the write key.');
  }
  if (!mayWrite(key, 'events')) {
    throw new UserError('forbidden', `This API key has the scope “${key.scope}”, which does not allow this.`);
  }
  return key;
}
