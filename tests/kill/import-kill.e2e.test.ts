/**
 * An import while the server is killed with all its processes and started again: each contact, list membership, event and
 * count comes once, and the import ends by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { importSummary } from '#shared/api/import.schema.ts';
import { seeded } from '#tests/support/segment-data.ts';
import { freePort, type RunningServer, startServer, temporaryDataDir } from '#tests/support/server.ts';
import { inDatabase } from '#tests/support/server-database.ts';
import { killTree } from './process-tree.ts';
import { signIn } from './shop-client.ts';

const SEED = 20_261_123;
const KILLS = 3;
const PEOPLE = 20_000;
const LEFT = PEOPLE / 100;
const PATIENCE_MS = 180_000;

const random = seeded(SEED);
const dataDir = temporaryDataDir();
let server: RunningServer | undefined;

afterAll(async () => {
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
});

/** Every hundredth person unsubscribed. */
const file = `email;first;status\n${Array.from({ length: PEOPLE }, (_, n) => `p${n}@kill.test;P${n};${n % 100 === 0 ? 'unsubscribed' : ''}`).join('\n')}\n`;

test(`an import of ${PEOPLE} people through ${KILLS} kills: nothing lost, nothing twice`, async () => {
  const port = await freePort();
  server = await startServer({ dataDir, port });
  const session = await signIn(server.url);
  const upload = z.object({ id: z.string() }).parse(await session.upload(file, 'people.csv'));
  const { id } = z.object({ id: z.string() }).parse(
    await session.call('import.start', {
      ...{ uploadId: upload.id, kind: 'contacts', map: { email: 'email', firstName: 'first', emailStatus: 'status' } },
      options: { newList: 'Killed', event: 'Imported' },
    }),
  );
  const progress = (until: (done: number, state: string) => boolean) =>
    inDatabase(dataDir, async (db) => {
      for (;;) {
        const [row] = await db.query<{ done: number; state: string }>(
          'select done_to as done, state from import where id = $1',
          [id],
        );
        if (!row) throw new Error('the import is gone');
        if (until(row.done, row.state) || Date.now() > deadline) return row;
        await sleep(20);
      }
    });
  const deadline = Date.now() + PATIENCE_MS;
  const met: number[] = [];
  for (let kill = 1; kill <= KILLS; kill++) {
    const due = Math.round((PEOPLE * (kill - 1)) / (KILLS + 1));
    await progress((done, state) => done >= due || state === 'done');
    await sleep(random(300));
    await killTree(server.child.pid ?? 0);
    server = await startServer({ dataDir, port });
    const now = await progress(() => true);
    if (now.state !== 'done') met.push(now.done);
  }
  await progress((_done, state) => state === 'done' || state === 'failed');
  console.log(`seed ${SEED}: the kills met the import at ${met.join(', ')} people`);
  expect(met.length).toBeGreaterThan(1);

  const stored = await inDatabase(dataDir, async (db) => {
    const count = async (from: string) =>
      (await db.query<{ n: number }>(`select count(*)::int as n from ${from}`))[0]?.n;
    const [imported] = await db.query<{ state: string; summary: unknown }>(
      'select state, summary from import where id = $1',
      [id],
    );
    return {
      state: imported?.state,
      summary: importSummary.parse(imported?.summary),
      contacts: await count('contact'),
      identifiers: await count('identifier'),
      members: await count('membership'),
      lists: await count(`document where kind = 'list' and not deleted`),
      events: await count(`event e join event_type t on t.id = e.type_id where t.key = 'Imported'`),
      suppressed: await count('suppression'),
      said: await count(`consent where act = 'withdrawn'`),
      made: await count('(select unnest(contact_ids) from import_created) c'),
    };
  });
  const { summary, ...rest } = stored;
  expect(summary).toMatchObject({
    ...{ lines: PEOPLE, contacts: PEOPLE, created: PEOPLE, updated: 0, unchanged: 0, rejected: 0 },
    ...{ unsubscribed: LEFT, listed: PEOPLE, events: PEOPLE },
  });
  expect(rest).toEqual({
    state: 'done',
    ...{ contacts: PEOPLE, identifiers: PEOPLE, members: PEOPLE, lists: 1, events: PEOPLE },
    ...{ suppressed: LEFT, said: LEFT, made: PEOPLE },
  });
}, 400_000);
