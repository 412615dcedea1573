import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys, VerifiedKey } from '#server/accounts/api-keys.ts';
import { type EventTokens, looksLikeToken } from '#server/accounts/event-tokens.ts';
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

/** The credential of a Bearer header; null when there is none. */
export function readBearer(header: string | undefined): string | null {
  return /^Bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1] ?? null;
}

/** What each scope may do. `contacts`: add and update; `manageContacts`: also read, list and delete. */
const allowed = {
  contacts: ['full', 'contacts', 'contacts-add'],
  manageContacts: ['full', 'contacts'],
  events: ['full', 'contacts', 'contacts-add', 'events'],
  messages: ['full', 'messages'],
} as const satisfies Record<string, readonly ApiKeyScope[]>;
export type Permission = keyof typeof allowed;

export const mayWrite = (key: VerifiedKey, what: Permission): boolean =>
  allowed[what].some((scope) => scope === key.scope) && (!key.onlyEvents || what === 'events');

/**
 * Whether what the key sends only fills what is empty: it replaces nothing, merges nobody who is known and touches no list.
 * A key of the scope “events” lies in pages and apps for all to read, so nobody vouches for what comes with it.
 */
export const onlyFills = (key: VerifiedKey): boolean => !mayWrite(key, 'contacts');

export type KeyCheck = {
  /** Where a Basic header has the key: eSputnik's clients send any user name, Segment's send it as the user name. */
  keyIs: 'user' | 'password';
  /** None: every key may. */
  may?: Permission;
};

/** Whose key the request carries, by Basic or Bearer; a refusal says why. */
export async function requireKey(
  apiKeys: Pick<ApiKeys, 'verify'>,
  request: FastifyRequest,
  reply: FastifyReply,
  options: KeyCheck & { tokens?: Pick<EventTokens, 'verify'> },
): Promise<VerifiedKey> {
  const { authorization } = request.headers;
  const basic = readBasic(authorization);
  const given = basic
    ? options.keyIs === 'password'
      ? basic.password
      : basic.user || basic.password
    : readBearer(authorization);
  const verify = given && looksLikeToken(given) ? options.tokens?.verify : apiKeys.verify;
  const key = given && verify ? await verify(given) : null;
  if (!key) {
    reply.header('www-authenticate', 'Basic realm="Muster"');
    throw new UserError(
      'unauthorized',
      given ? 'This API key is not valid.' : 'Give an API key by Basic authentication.',
    );
  }
  if (options.may ? !mayWrite(key, options.may) : key.onlyEvents) {
    const what = key.onlyEvents ? 'This token opens events only.' : `This API key has the scope “${key.scope}”`;
    throw new UserError('forbidden', key.onlyEvents ? what : `${what}, which does not allow this.`);
  }
  return key;
}
