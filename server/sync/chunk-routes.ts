import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '#server/service.ts';
import { can, type Role } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { decodeChunk } from '#shared/columns/chunk.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { tablesFor } from './table-access.ts';

const uncompress = promisify(gunzip);
const HASH = /^[0-9a-f]{64}$/;

/** [ROLE-2] The bytes themselves say of which table they are, however old the generation that named them. */
async function maySeeChunk(role: Role, data: Buffer): Promise<boolean> {
  if (can(role, 'readPersonal')) return true;
  return tablesFor(role).includes(decodeChunk(new Uint8Array(await uncompress(data))).table);
}

/** [CHUNK-1] GET /chunks/<hash>: the bytes of a chunk named by a manifest. */
export function chunkRoutes(
  { db }: Pick<Deps, 'db'>,
  callerOf: (request: FastifyRequest) => Promise<Caller | null>,
): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.get<{ Params: { hash: string } }>('/chunks/:hash', async (request, reply) => {
      // The bytes hold personal data: no cache may keep them; the app keeps its own, by hash.
      reply.header('cache-control', 'no-store');
      const caller = await callerOf(request);
      if (!caller) throw new UserError('unauthorized', 'Sign in first.');
      const { hash } = request.params;
      const rows = HASH.test(hash)
        ? await db.query<{ data: Buffer }>('select data from chunk_blob where hash = $1', [hash])
        : [];
      const [row] = rows;
      // One that may not be seen is answered like one that is not there.
      if (!row || !(await maySeeChunk(caller.role, row.data))) {
        throw new UserError('not_found', 'There is no such chunk (any more). Take the newest manifest.');
      }
      reply.type('application/octet-stream').header('vary', 'accept-encoding');
      const accepted = request.headers['accept-encoding'] ?? '';
      if (!/\bgzip\b/.test(String(accepted))) return reply.send(await uncompress(row.data));
      return reply.header('content-encoding', 'gzip').send(row.data);
    });
  };
}
