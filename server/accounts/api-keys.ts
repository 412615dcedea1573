import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Deps } from '#server/service.ts';
import type { ApiKeyPort, ApiKeyScope } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';

export const apiKeyScopes = ['full', 'events', 'contacts', 'messages'] as const satisfies readonly ApiKeyScope[];

/** A revoked key is refused after at most this time, in every process. */
const CACHE_MS = 10_000;
/** A bound on what guessing keys can make us remember. */
const CACHE_MAX = 1_000;

export type VerifiedKey = { id: string; scope: ApiKeyScope };
export type ApiKeys = ApiKeyPort & {
  /** Whose key this is; null when there is none or it was revoked. */
  verify: (key: string) => Promise<VerifiedKey | null>;
};

const infoRow = z.object({
  id: z.string(),
  scope: z.enum(apiKeyScopes),
  name: z.string(),
  created_at: z.date(),
  last_used_at: z.date().nullable(),
  hint: z.string(),
});

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** Keys for the HTTP API. A key has 256 random bits, so a plain hash keeps it; it is shown once. */
export function createApiKeys(deps: Pick<Deps, 'db' | 'now' | 'log'>): ApiKeys {
  const { db, now } = deps;
  const known = new Map<string, { until: number; found: Promise<VerifiedKey | null> }>();

  async function lookUp(hash: string): Promise<VerifiedKey | null> {
    const [row] = await db.query(
      'update api_key set last_used_at = now() where hash = $1 and revoked_at is null returning id, scope',
      [hash],
    );
    return row ? infoRow.pick({ id: true, scope: true }).parse(row) : null;
  }

  return {
    async create(_caller, { scope, name }) {
      const id = uuidv7({ msecs: now() });
      const key = `mk_${randomBytes(32).toString('base64url')}`;
      await db.query('insert into api_key (id, hash, hint, scope, name) values ($1, $2, $3, $4, $5)', [
        id,
        hashOf(key),
        `${key.slice(0, 7)}…`,
        scope,
        name,
      ]);
      return { id, key };
    },
    async list() {
      const rows = await db.query(
        'select id, scope, name, created_at, last_used_at, hint from api_key where revoked_at is null order by created_at, id',
      );
      return rows.map((row) => {
        const { id, scope, name, created_at, last_used_at, hint } = infoRow.parse(row);
        return { id, scope, name, createdAt: created_at.getTime(), lastUsedAt: last_used_at?.getTime() ?? null, hint };
      });
    },
    async revoke(_caller, id) {
      const rows = await db.query(
        'update api_key set revoked_at = now() where id = $1 and revoked_at is null returning id',
        [id],
      );
      if (rows.length === 0) throw new UserError('not_found', 'There is no such API key.', 'id');
      known.clear();
    },
    async verify(key) {
      const hash = hashOf(key);
      const cached = known.get(hash);
      if (cached && cached.until > now()) return cached.found;
      if (known.size >= CACHE_MAX) known.clear();
      const entry = { until: now() + CACHE_MS, found: lookUp(hash) };
      known.set(hash, entry);
      // A failed look-up is no answer: the next request asks again.
      entry.found.catch(() => known.delete(hash));
      return entry.found;
    },
  };
}
