/**
 * One real PostgreSQL for a whole test run, started by the first test that asks for it (a run without such tests starts
 * none) and stopped at the end. Tests get fresh databases, copied from a migrated template.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#server/storage/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/storage/embedded-postgres.ts';
import { migrate } from '#server/storage/migrate.ts';

type Running = { postgres: Pick<EmbeddedPostgres, 'url'>; stop: () => Promise<void> };

/**
 * A PostgreSQL of its own with the migrated database `muster`, which others are copied from. `MUSTER_TEST_DATABASE_URL` names
 * another one, of another version for instance, with an empty database `muster` and the rights of a superuser.
 */
export async function startPostgres(): Promise<Running> {
  const given = process.env.MUSTER_TEST_DATABASE_URL;
  if (given) {
    await makeTemplate(given);
    return { postgres: { url: given }, stop: async () => undefined };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-test-'));
  // As root, PostgreSQL runs as another user, which must get through.
  await chmod(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    elsewhere: join(tmpdir(), 'muster-test-binaries'),
    // Nothing here needs to outlive the machine.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  try {
    await makeTemplate(postgres.url);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return {
    postgres,
    async stop() {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(url: string): Promise<void> {
  const database = openDatabase(url, { max: 1, onError: (error) => console.error(error) });
  try {
    await migrate(database.pool, { timeZone: 'UTC' });
  } finally {
    await database.close();
  }
}

export default async function setup(project: {
  provide: (key: 'postgresStarter', value: string) => void;
}): Promise<() => Promise<void>> {
  let running: Promise<Running> | undefined;
  const starter = createServer((_request, response) => {
    running ??= startPostgres();
    running.then(
      ({ postgres }) => response.end(postgres.url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => starter.listen(0, '127.0.0.1', done));
  const address = starter.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  project.provide('postgresStarter', `http://127.0.0.1:${address.port}`);
  return async () => {
    starter.close();
    starter.closeAllConnections();
    if (!running) return;
    await (await running).stop();
  };
}
