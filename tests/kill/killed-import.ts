import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { importSummary } from '#shared/api/import.schema.ts';
import { seeded } from '#tests/support/segment-data.ts';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';
import { killTree } from './process-tree.ts';
import { signIn } from './shop-client.ts';

const PATIENCE_MS = 180_000;

export type KilledImport = {
  file: string;
  name: string;
  /** Of `import.start`, without the upload. */
  input: Record<string, unknown>;
  seed: number;
  kills: number;
  /** SQL for how far the import with the id $1 got. */
  progress: string;
  /** How far it is before a kill. */
  due: (kill: number) => number;
  /** A kill comes at most so much later, in ms. */
  jitterMs: number;
  /** What is counted in the end, by name: what follows `from`. */
  counts: Record<string, string>;
};

let server: RunningServer | undefined;

/** Stops what a test left running. */
export async function stopKilled(): Promise<void> {
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
}

/**
 * Imports a file while the server is killed with all its processes and started again. Answers how far the import was at each
 * kill that met it, and what there is in the end.
 */
export async function killedImport({ seed, kills, due, jitterMs, counts, ...import_ }: KilledImport) {
  const random = seeded(seed);
  const [dataDir, port] = [temporaryDataDir(), await freePort()];
  server = await startServer({ dataDir, port });
  const session = await signIn(server.url);
  const ids = z.object({ id: z.string() });
  const upload = ids.parse(await session.upload(import_.file, import_.name));
  const { id } = ids.parse(await session.call('import.start', { uploadId: upload.id, ...import_.input }));
  const deadline = Date.now() + PATIENCE_MS;
  const progress = (until: (done: number, state: string) => boolean) =>
    inDatabase(dataDir, async (db) => {
      for (;;) {
        const [row] = await db.query<{ done: number; state: string }>(import_.progress, [id]);
        if (!row) throw new Error('the import is gone');
        if (until(row.done, row.state) || Date.now() > deadline) return row;
        await sleep(10);
      }
    });
  const met: number[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    await progress((done, state) => done >= due(kill) || state === 'done');
    await sleep(random(jitterMs));
    await killTree(server.child.pid ?? 0);
    server = await startServer({ dataDir, port });
    const now = await progress(() => true);
    if (now.state !== 'done') met.push(now.done);
  }
  await progress((_done, state) => state === 'done' || state === 'failed');
  console.log(`seed ${seed}: the kills met the import at ${met.join(', ')}`);
  return inDatabase(dataDir, async (db) => {
    const [imported] = await db.query<{ state: string; summary: unknown }>(
      'select state, summary from import where id = $1',
      [id],
    );
    const stored: Record<string, number | undefined> = {};
    for (const [name, from] of Object.entries(counts)) {
      stored[name] = (await db.query<{ n: number }>(`select count(*)::int as n from ${from}`))[0]?.n;
    }
    return { met, state: imported?.state, summary: importSummary.parse(imported?.summary), stored };
  });
}
