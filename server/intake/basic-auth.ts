import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys, VerifiedKey } from '#server/accounts/api-keys.ts';
import type { ApiKeyScope } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** User name and password of a Basic header; null when there is none. */
export function readBasic(header: string | undefined): { user: string; password: string } | null {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? { user: text, password: '' } : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** What each scope may do. */
const allowed: Record<'contacts' | 'events', readonly ApiKeyScope[]> = {
  contacts: ['full', 'contacts'],
  events: ['full', 'contacts', 'events'],
};

export const mayWrite = (key: VerifiedKey, what: keyof typeof allowed): boolean => allowed[what].includes(key.scope);

/** Whose key the request carries: the password of the eSputnik API (any user name), the user name of Segment's. */
export async function requireKey(
  apiKeys: Pick<ApiKeys, 'verify'>,
  request: FastifyRequest,
  reply: FastifyReply,
  options: { keyIs: 'user' | 'password'; may?: keyof typeof allowed },
): Promise<VerifiedKey> {
  const basic = readBasic(request.headers.authorization);
  const given = basic && (options.keyIs === 'password' ? basic.password : basic.user || basic.password);
  const key = given ? await apiKeys.verify(given) : null;
  if (!key) {
    reply.header('www-authenticate', 'Basic realm="Muster"');
    throw new UserError(
      'unauthorized',
      given ? 'This API key is not valid.' : 'Give an API key by Basic authentication.',
    );
  }
  if (options.may && !mayWrite(key, options.may)) {
    throw new UserError('forbidden', `This API key has the scope “${key.scope}”, which does not allow this.`);
  }
  return key;
}
