import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Deps } from '#server/service.ts';
import { type ApiKeyPort, type ApiKeyScope, apiKeyScopes } from '#shared/api/ports.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** A revoked key is refused after at most this time, in every process. */
const CACHE_MS = 10_000;
/** A bound on what guessing keys can make us remember. */
const CACHE_MAX = 1_000;

/** `onlyEvents`: a token that opens the methods of events and nothing else. */
export type VerifiedKey = { id: string; scope: ApiKeyScope; onlyEvents?: true };
export type ApiKeys = ApiKeyPort & {
  /** Whose key this is; null when there is none, it was revoked or it is switched off. */
  verify: (key: string) => Promise<VerifiedKey | null>;
  /** The same by the key's id, for what was signed in its name. */
  verifyId: (id: string) => Promise<VerifiedKey | null>;
};

const infoRow = z.object({
  id: z.string(),
  number: z.int(),
  scope: z.enum(apiKeyScopes),
  name: z.string(),
  enabled: z.boolean(),
  created_by: z.string().nullable(),
  created_at: z.date(),
  last_used_at: z.date().nullable(),
  hint: z.string(),
});

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

/** Keys for the HTTP API. A key has 256 random bits, so a plain hash keeps it; it is shown once. */
export function createApiKeys(deps: Pick<Deps, 'db' | 'now' | 'log'>): ApiKeys {
  const { db, now } = deps;
  const known = new Map<string, { until: number; found: Promise<VerifiedKey | null> }>();

  async function lookUp(column: 'id' | 'hash', value: string): Promise<VerifiedKey | null> {
    const [row] = await db.query(
      `update api_key set last_used_at = now() where ${column} = $1 and revoked_at is null and enabled returning id, scope`,
      [value],
    );
    return row ? infoRow.pick({ id: true, scope: true }).parse(row) : null;
  }

  function remembered(column: 'id' | 'hash', value: string): Promise<VerifiedKey | null> {
    const name = `${column}:${value}`;
    const cached = known.get(name);
    if (cached && cached.until > now()) return cached.found;
    if (known.size >= CACHE_MAX) known.clear();
    const entry = { until: now() + CACHE_MS, found: lookUp(column, value) };
    known.set(name, entry);
    // A failed look-up is no answer: the next request asks again.
    entry.found.catch(() => known.delete(name));
    return entry.found;
  }

  return {
    async create(caller, { scope, name }) {
      const id = uuidv7({ msecs: now() });
      const key = `mk_${randomBytes(32).toString('base64url')}`;
      await db.query('insert into api_key (id, hash, hint, scope, name, created_by) values ($1, $2, $3, $4, $5, $6)', [
        id,
        hashOf(key),
        `${key.slice(0, 7)}…`,
        scope,
        name,
        caller.email || null,
      ]);
      return { id, key };
    },
    async list() {
      const rows = await db.query(
        `select id, number, scope, name, enabled, created_by, created_at, last_used_at, hint
           from api_key where revoked_at is null order by created_at, id`,
      );
      return rows.map((row) => {
        const { created_by, created_at, last_used_at, ...info } = infoRow.parse(row);
        return {
          ...info,
          createdBy: created_by,
          createdAt: created_at.getTime(),
          lastUsedAt: last_used_at?.getTime() ?? null,
        };
      });
    },
    async setEnabled(_caller, { id, enabled }) {
      const rows = await db.query('update api_key set enabled = $2 where id = $1 and revoked_at is null returning id', [
        id,
        enabled,
      ]);
      if (rows.length === 0) throw new UserError('not_found', 'There is no such API key.', 'id');
      known.clear();
    },
    async revoke(_caller, id) {
      const rows = await db.query(
        'update api_key set revoked_at = now() where id = $1 and revoked_at is null returning id',
        [id],
      );
      if (rows.length === 0) throw new UserError('not_found', 'There is no such API key.', 'id');
      known.clear();
    },
    verify: (key) => remembered('hash', hashOf(key)),
    verifyId: (id) => remembered('id', id),
  };
}
