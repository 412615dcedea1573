/**
 * Short-lived tokens for programs that only report events (a phone, a till): signed in the name of an API key, good for
 * the methods of events alone, and worth nothing once the key is revoked or switched off.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Deps } from '#server/service.ts';
import type { ApiKeys, VerifiedKey } from './api-keys.ts';

export const DEFAULT_TOKEN_SECONDS = 3_600;
export const MAX_TOKEN_SECONDS = 86_400;

const PREFIX = 'mt_';
const claims = z.object({ key: z.string(), until: z.number() });

export type EventTokens = {
  issue: (keyId: string, seconds: number) => Promise<{ token: string; expiresAt: number }>;
  /** In whose name the token was issued; null when it is none, is over, or its key is not valid any more. */
  verify: (token: string) => Promise<VerifiedKey | null>;
};

export const looksLikeToken = (text: string): boolean => text.startsWith(PREFIX);

export function createEventTokens(deps: Pick<Deps, 'db' | 'now'>, apiKeys: Pick<ApiKeys, 'verifyId'>): EventTokens {
  let secret: Promise<string> | undefined;

  async function readSecret(): Promise<string> {
    const [row] = await deps.db.query<{ link_secret: string }>('select link_secret from workspace where id = 1');
    if (!row) throw new Error('the workspace has no secret');
    return row.link_secret;
  }

  async function sign(content: string): Promise<Buffer> {
    secret ??= readSecret();
    try {
      return createHmac('sha256', await secret)
        .update(`event token\n${content}`)
        .digest();
    } catch (error) {
      secret = undefined;
      throw error;
    }
  }

  return {
    async issue(keyId, seconds) {
      const expiresAt = deps.now() + seconds * 1000;
      const content = Buffer.from(JSON.stringify({ key: keyId, until: expiresAt })).toString('base64url');
      return { token: `${PREFIX}${content}.${(await sign(content)).toString('base64url')}`, expiresAt };
    },
    async verify(token) {
      const [content = '', signature = ''] = token.slice(PREFIX.length).split('.');
      const given = Buffer.from(signature, 'base64url');
      const right = await sign(content);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      const { key, until } = claims.parse(JSON.parse(Buffer.from(content, 'base64url').toString('utf8')));
      if (until <= deps.now()) return null;
      const found = await apiKeys.verifyId(key);
      return found && { id: found.id, scope: 'events', onlyEvents: true };
    },
  };
}
