/** People with devices at a tiny workspace, for tests of what becomes of texts between them. */
import { afterEach } from 'vitest';
import { createDataService, type DataService } from '#renderer/data/service/data-service.ts';
import { must } from '#shared/kernel/assert.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { memoryBackend } from './memory-backend.ts';
import { memoryBook } from './memory-book.ts';
import { TinyServer } from './tiny-server.ts';

export const START = 1_800_000_000_000;
const open: DataService[] = [];
const errors: unknown[] = [];
let clock = START;

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

export async function until<T>(what: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const value = await what();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`not in time; last: ${JSON.stringify(value)} ${errors.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function workspace(): Promise<TinyServer> {
  const server = new TinyServer();
  server.addPerson(1, { email: 'buyer@example.com', country: 'GB' });
  for (const name of ['ann', 'ben']) {
    const body = { userId: name, name: name === 'ann' ? 'Ann' : 'Ben', role: 'admin', active: true };
    server.put({ id: `member:${name}`, kind: 'member', schemaVersion: 1, body, deleted: false, by: null });
  }
  await server.build();
  return server;
}

/** One person's device, once it is `ready`; `start` opens it again after `stop`, with whatever lies on its disk. */
export async function device(
  server: TinyServer,
  person: string,
  ready: (service: DataService) => Promise<unknown> = synced,
) {
  const [backend, book] = [memoryBackend(), memoryBook()];
  const platform = {
    ...server.device(backend, book, () => ++clock, person),
    onError: (error: unknown) => errors.push(error),
  };
  const start = () => {
    const service = createDataService(platform);
    open.push(service);
    return service;
  };
  const stop = async (service: DataService) => {
    open.splice(open.indexOf(service), 1);
    await service.close();
  };
  const service = start();
  await service.api.actions.signIn({ email: `${person}@example.com`, password: 'x' });
  await ready(service);
  return { service, api: service.api, start, stop };
}

export const synced = ({ api }: Pick<DataService, 'api'>) =>
  until(
    () => api.status(),
    ({ online, generation, waiting, transfer }) => online && generation > 0 && waiting === 0 && transfer === null,
  );

export const rule = (...fields: string[]) => ({
  type: 'all',
  rules: fields.map((field) => ({ type: 'presence', field, op: 'isSet' })),
});
export const body = { name: 'Regulars', description: '', rule: rule('email'), createdAt: START };
export const segment = (id: string, more: Record<string, unknown> = {}): Omit<Envelope, 'rev' | 'at'> => ({
  id,
  kind: 'segment',
  schemaVersion: 2,
  body: { ...body, live: null, ...more },
  deleted: false,
  by: 'ben',
});
export const has = (name: string) => (docs: { body: Record<string, unknown> }[]) =>
  docs.some((doc) => doc.body.name === name);
export const segments = ({ api }: Pick<DataService, 'api'>) => api.documents('segment');
export const edit = async ({ api }: Pick<DataService, 'api'>, id: string, more: Record<string, unknown>) =>
  api.saveDocument('segment', id, { ...must(await api.document(id), 'the segment').body, ...more });
export const nameOn = (server: TinyServer, id: string) => server.documents.get(id)?.body.name;

/** What became of two versions, as the server's document. */
export const reviewOf = (id: string, body: Record<string, unknown>): Omit<Envelope, 'rev' | 'at'> => ({
  ...segment(id),
  kind: 'review',
  schemaVersion: 1,
  body: { at: START, settledBy: [], ...body },
});
