/**
 * A change of many contacts while the server is killed with all its processes and started again: each contact is changed
 * exactly once, and so is taking it back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';
import { killTree } from './process-tree.ts';
import { signIn } from './shop-client.ts';

const CONTACTS = 20_000;
const PATIENCE_MS = 120_000;
const job = z.object({
  id: z.string(),
  state: z.string(),
  total: z.number(),
  position: z.number(),
  changed: z.number(),
});

const dataDir = temporaryDataDir();
let server: RunningServer | undefined;

afterAll(async () => {
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
});

const callServer = async (path: string, input?: unknown): Promise<unknown> =>
  (await signIn(server?.url ?? '')).call(path, input);

test(`${CONTACTS} contacts are tagged and given back through kills, each once`, async () => {
  const port = await freePort();
  server = await startServer({ dataDir, port });
  await inDatabase(dataDir, (db) =>
    db.query(
      `insert into contact (id, email_status, created_at, updated_at)
       select nextval('contact_id_seq'), 'none', now(), now() from generate_series(1, $1::int)`,
      [CONTACTS],
    ),
  );
  const target = { kind: 'filter', rule: null, search: '', except: [] };
  const prepared = job.parse(
    await callServer('bulk.prepare', { target, action: { type: 'tag', tag: 'x', add: true } }),
  );
  expect(prepared.total).toBe(CONTACTS);

  /** Runs a job to its end and kills the server on the way; answers how it stood at each kill. */
  const through = async (id: string, kills: number): Promise<number[]> => {
    const stood: number[] = [];
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      const [now] = await inDatabase(dataDir, (db) =>
        db.query<{ position: number; state: string }>('select position, state from bulk_job where id = $1', [id]),
      );
      if (now?.state === 'done') break;
      if (now && now.position > (stood.at(-1) ?? 0) && stood.length < kills) {
        stood.push(now.position);
        await killTree(server?.child.pid ?? 0);
        server = await startServer({ dataDir, port });
      } else await sleep(20);
    }
    return stood;
  };

  await callServer('bulk.start', { id: prepared.id });
  const stood = await through(prepared.id, 2);
  const undoing = job.parse(await callServer('bulk.undo', { id: prepared.id }));
  const tagged = await inDatabase(dataDir, (db) =>
    db.query<{ changed: number; position: number; changes: number }>(
      `select changed, position, (select count(*)::int from bulk_change where job_id = $1) as changes from bulk_job where id = $1`,
      [prepared.id],
    ),
  );
  const undone = await through(undoing.id, 1);
  const after = await inDatabase(dataDir, (db) =>
    db.query<{ changed: number; state: string; members: number }>(
      `select changed, state, (select count(*)::int from membership) as members from bulk_job where id = $1`,
      [undoing.id],
    ),
  );
  console.log(`killed at ${stood.join(', ')}; taking back at ${undone.join(', ')}`);
  expect(stood.length + undone.length).toBeGreaterThan(0);
  expect(tagged).toEqual([{ changed: CONTACTS, position: CONTACTS, changes: CONTACTS }]);
  expect(after).toEqual([{ changed: CONTACTS, state: 'done', members: 0 }]);
}, 400_000);
