/** Devices of the tiny workspace: the real data service in Node, on a disk in memory that outlives it. */
import type { Platform } from '#renderer/data/platform.ts';
import { createDataService, type DataService } from '#renderer/data/service/data-service.ts';
import { memoryBackend } from './memory-backend.ts';
import { memoryBook } from './memory-book.ts';
import { TinyServer } from './tiny-server.ts';

export const START = 1_800_000_000_000;
export const MARKER = 'marker-4711@example.com';
export const everybody = { search: '', rule: null, sort: { key: 'id', descending: false } } as const;
const open: DataService[] = [];

/** Closes every device that a test left open. */
export async function closeAll(): Promise<void> {
  for (const service of open.splice(0)) await service.close();
}

/** One browser with whatever lies on its disk; it can be started again and again. */
export function makeDevice(server: TinyServer) {
  const backend = memoryBackend();
  const book = memoryBook();
  const clock = { now: START };
  const platform: Platform = {
    ...server.device(backend, book, () => clock.now),
    onError: (error) => errors.push(error),
  };
  const errors: unknown[] = [];
  return {
    backend,
    book,
    clock,
    errors,
    platform,
    start() {
      const service = createDataService(platform);
      open.push(service);
      return service;
    },
    async stop(service: DataService) {
      open.splice(open.indexOf(service), 1);
      await service.close();
    },
  };
}

export async function until<T>(what: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const value = await what();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`not in time; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const emails = async ({ api }: Pick<DataService, 'api'>) =>
  (await api.contactPage(everybody, 0, 50)).rows.map(({ email }) => email);
export const synced = ({ api }: DataService) =>
  until(
    () => api.status(),
    ({ online, generation, waiting, transfer }) => online && generation > 0 && waiting === 0 && transfer === null,
  );

export async function workspace(): Promise<TinyServer> {
  const server = new TinyServer();
  server.addPerson(1, { email: MARKER, country: 'GB' });
  server.addPerson(2, { email: 'second@example.com', country: 'UA' });
  await server.build();
  return server;
}

export async function signedIn(server: TinyServer, device = makeDevice(server)) {
  const service = device.start();
  await service.api.actions.signIn({ email: 'ann@example.com', password: 'x' });
  await synced(service);
  await until(
    () => emails(service),
    (found) => found.length === server.people.size,
  );
  return { device, service };
}
export const databaseName = 'muster2-ann';

/** What the app answers about contacts, as text. */
export async function answersOf({ api }: Pick<DataService, 'api'>): Promise<string> {
  return JSON.stringify([
    await api.contactPage(everybody, 0, 10),
    await api.contactCard(1),
    await api.documents('contact-edit'),
  ]);
}
