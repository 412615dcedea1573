import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { answerError } from '#server/http/error-answer.ts';
import type { Deps } from '#server/service.ts';
import { caller } from '#tests/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/postgres.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import { createImports, type Imports } from './imports.ts';
import { uploadRoutes } from './upload-routes.ts';
import { createUploadStore } from './upload-store.ts';

const csv = 'Customer ID;E-mail Address;First name\n7;ann@x.org;Ann\n8;nobody;Bob\n9;cid@x.org;Cid\n';
let database: TestDatabase;
let deps: Deps;
let imports: Imports;
let app: FastifyInstance;
let signedIn = true;

beforeEach(async () => {
  database = await createTestDatabase();
  deps = createTestDeps(database.db, { dataDir: mkdtempSync(join(tmpdir(), 'muster-uploads-')) });
  imports = createImports(deps);
  await imports.service.start();
  app = Fastify();
  app.setErrorHandler(answerError);
  await app.register(
    uploadRoutes(deps, { uploads: imports.uploads, callerOf: async () => (signedIn ? caller : null) }),
  );
});
afterEach(async () => {
  signedIn = true;
  await app.close();
  await imports.service.stop();
  await database.drop();
  rmSync(deps.config.dataDir, { recursive: true });
});

const upload = (payload: string, name = 'list.csv') =>
  app.inject({ method: 'POST', url: `/imports/upload?name=${name}`, headers: { 'content-type': 'text/csv' }, payload });
const ended = async (id: string) =>
  vi.waitFor(
    async () => {
      const state = await imports.port.get(caller, id);
      expect(['done', 'failed']).toContain(state.state);
      return state;
    },
    { timeout: 20_000 },
  );

test('an uploaded file is described, imported in the background, and its rejects can be fetched', async () => {
  const answer = await upload(csv);
  expect(answer.statusCode).toBe(200);
  const info = answer.json();
  expect(info).toEqual({
    id: expect.any(String),
    fileName: 'list.csv',
    columns: ['Customer ID', 'E-mail Address', 'First name'],
    sample: [
      ['7', 'ann@x.org', 'Ann'],
      ['8', 'nobody', 'Bob'],
      ['9', 'cid@x.org', 'Cid'],
    ],
    kind: 'contacts',
    map: { externalCustomerId: 'Customer ID', email: 'E-mail Address', firstName: 'First name' },
    format: { encoding: 'utf-8', delimiter: ';', headerRow: 0, decimal: 'comma', dateOrder: null, sheet: null },
    sheets: [],
    remembered: false,
    origin: null,
  });
  const { id } = await imports.port.start(caller, { uploadId: info.id, kind: 'contacts', map: info.map });
  expect(await ended(id)).toMatchObject({
    fileName: 'list.csv',
    kind: 'contacts',
    state: 'done',
    progress: 1,
    summary: { lines: 3, contacts: 2, created: 2, rejected: 1 },
    error: null,
    finishedAt: expect.any(Number),
  });
  expect((await imports.port.list(caller)).map((state) => state.id)).toEqual([id]);
  const rejects = await app.inject(`/imports/${id}/rejects.csv`);
  expect(rejects.payload).toBe(
    '\uFEFFLine;Reason;Customer ID;E-mail Address;First name\n3;email is not an email address: “nobody”;8;nobody;Bob\n',
  );
  expect(readdirSync(join(deps.config.dataDir, 'uploads'))).toEqual([]);
  await expect(
    imports.port.start(caller, { uploadId: info.id, kind: 'contacts', map: info.map }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

test('uploads need a session, a sane size and a file that can be read; nothing stays of a refused one', async () => {
  signedIn = false;
  expect((await upload(csv)).statusCode).toBe(401);
  expect((await app.inject('/imports/x/rejects.csv')).statusCode).toBe(401);
  signedIn = true;
  expect((await upload('')).json()).toMatchObject({ error: { code: 'invalid_input', field: 'file' } });
  expect((await app.inject('/imports/x/rejects.csv')).statusCode).toBe(404);
  const small = Fastify();
  small.setErrorHandler(answerError);
  await small.register(
    uploadRoutes(deps, { uploads: createUploadStore(deps, { maxBytes: 10 }), callerOf: async () => caller }),
  );
  const large = await small.inject({
    method: 'POST',
    url: '/imports/upload',
    headers: { 'content-type': 'text/csv' },
    payload: csv,
  });
  expect([large.statusCode, large.json().error.code]).toEqual([413, 'too_large']);
  expect(readdirSync(join(deps.config.dataDir, 'uploads'))).toEqual([]);
  const { id } = (await upload(csv)).json();
  await expect(imports.port.start(caller, { uploadId: id, kind: 'orders', map: {} })).rejects.toMatchObject({
    field: 'externalOrderId',
  });
  await expect(
    imports.port.start(caller, { uploadId: '../../etc/passwd', kind: 'contacts', map: {} }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

test('an import that a server did not finish is taken again by the next, and given up after three deaths', async () => {
  await imports.service.stop();
  const { id: uploadId } = (await upload(csv)).json();
  const started = (attempts: number) =>
    database.db.query(
      `insert into import (id, upload_id, file_name, kind, map, state, attempts) values ($1, $2, 'list.csv', 'contacts', $3, 'applying', $4)`,
      [`died-${attempts}`, uploadId, JSON.stringify({ email: 'E-mail Address' }), attempts],
    );
  await started(3);
  await started(1);
  const next = createImports(deps);
  await next.service.start();
  expect(await ended('died-3')).toMatchObject({
    state: 'failed',
    error: 'The server stopped 3 times during this import, so it was given up.',
    summary: null,
  });
  expect(await ended('died-1')).toMatchObject({ state: 'done', summary: { created: 2 } });
  await next.service.stop();
});

test('stopping the server leaves the import for the next start', async () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => `${at};p${at}@x.org;P`).join('\n');
  const { id: uploadId } = (await upload(`id;email;name\n${rows}\n`)).json();
  const { id } = await imports.port.start(caller, {
    uploadId,
    kind: 'contacts',
    map: { externalCustomerId: 'id', email: 'email' },
  });
  await vi.waitFor(async () => expect((await imports.port.get(caller, id)).state).not.toBe('waiting'));
  await imports.service.stop();
  expect(await imports.port.get(caller, id)).toMatchObject({ state: 'waiting', finishedAt: null });
  const next = createImports(deps);
  await next.service.start();
  expect(await ended(id)).toMatchObject({ state: 'done', summary: { contacts: 20_000, rejected: 0 } });
  expect(await database.db.query('select count(*) from contact')).toEqual([{ count: 20_000 }]);
  await next.service.stop();
}, 60_000);
