import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deps } from '#server/service.ts';
import { can } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { fileFormat } from '#shared/import/file-format.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { csvLine } from './csv-file.ts';
import { MAX_UPLOAD, type UploadStore } from './upload-store.ts';

const PAGE = 5000;
/** So that Excel does not take the file for one of its own eight-bit encodings. */
const BOM = '\uFEFF';

const stored = z.object({ columns: z.array(z.string()), format: fileFormat.nullable() });

/** Files into the server and rejects out of it, for people who may import. The body of an upload is the file itself. */
export function uploadRoutes(
  deps: Pick<Deps, 'db'>,
  parts: { uploads: Pick<UploadStore, 'receive'>; callerOf: (request: FastifyRequest) => Promise<Caller | null> },
) {
  async function mayImport(request: FastifyRequest): Promise<void> {
    const caller = await parts.callerOf(request);
    if (!caller) throw new UserError('unauthorized', 'Sign in first.');
    if (!can(caller.role, 'import'))
      throw new UserError('forbidden', 'Your role does not allow this. Ask an administrator.');
  }

  /** Line and reason stand before the record, which is as it was in the file: a torn one may have any number of cells. */
  async function* rejects(id: string, { columns, format }: z.infer<typeof stored>): AsyncGenerator<string> {
    const delimiter = format?.delimiter ?? ',';
    yield `${BOM}${csvLine(['Line', 'Reason', ...columns], delimiter)}\n`;
    for (let after = 0; ; ) {
      const rows = await deps.db.query<{ line: number; reason: string; raw: string }>(
        'select line, reason, raw from import_reject where import_id = $1 and line > $2 order by line limit $3',
        [id, after, PAGE],
      );
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map(({ line, reason, raw }) => `${csvLine([line, reason], delimiter)}${delimiter}${raw}\n`).join('');
      after = last.line;
    }
  }

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (files) => {
      files.addHook('onRequest', mayImport);
      files.removeAllContentTypeParsers();
      files.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

      files.post<{ Querystring: { name?: string } }>('/imports/upload', { bodyLimit: MAX_UPLOAD }, async (request) => {
        const name = (request.query.name ?? 'file.csv').slice(0, 200);
        if (!(request.body instanceof Readable))
          throw new UserError('invalid_input', 'Send the file as the body.', 'file');
        return parts.uploads.receive(name, request.body);
      });

      files.get<{ Params: { id: string } }>('/imports/:id/rejects.csv', async (request, reply) => {
        const [found] = await deps.db.query('select columns, format from import where id = $1', [request.params.id]);
        if (!found) throw new UserError('not_found', 'There is no such import.', 'id');
        reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="rejects.csv"');
        return reply.send(Readable.from(rejects(request.params.id, stored.parse(found))));
      });
    });
  };
}
