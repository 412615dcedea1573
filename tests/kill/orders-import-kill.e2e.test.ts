/**
 * An import of a file of orders while the server is killed with all its processes and started again: each order, line and
 * customer comes once, and the import ends by itself. Orders are written in slices; a kill leaves some of them there.
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

const SEED = 20_261_126;
const KILLS = 2;
const ORDERS = 20_000;
const LINES = 3;
const PEOPLE = 4_000;
const PATIENCE_MS = 180_000;

const random = seeded(SEED);
const dataDir = temporaryDataDir();
let server: RunningServer | undefined;

afterAll(async () => {
  if (server?.child.exitCode === null && server.child.signalCode === null) await server.stop();
  server?.remove();
});

const line = (order: number, item: number): string =>
  `o${order};2026-11-01 10:00;c${order % PEOPLE};c${order % PEOPLE}@kill.test;i${item};Tea ${item};2;1.50`;
const file = `order;date;customer;mail;item;name;qty;price\n${Array.from({ length: ORDERS * LINES }, (_, n) => line(Math.floor(n / LINES), n % LINES)).join('\n')}\n`;
const map = {
  ...{ externalOrderId: 'order', date: 'date', externalCustomerId: 'customer', 'contact.email': 'mail' },
  ...{ externalItemId: 'item', name: 'name', quantity: 'qty', cost: 'price' },
};

test(`an import of ${ORDERS} orders through ${KILLS} kills: nothing lost, nothing twice`, async () => {
  const port = await freePort();
  server = await startServer({ dataDir, port });
  const session = await signIn(server.url);
  const upload = z.object({ id: z.string() }).parse(await session.upload(file, 'orders.csv'));
  const { id } = z
    .object({ id: z.string() })
    .parse(await session.call('import.start', { uploadId: upload.id, kind: 'orders', map, options: {} }));
  const deadline = Date.now() + PATIENCE_MS;
  const progress = (until: (orders: number, state: string) => boolean) =>
    inDatabase(dataDir, async (db) => {
      for (;;) {
        const [row] = await db.query<{ orders: number; state: string }>(
          'select state, (select count(*)::int from orders) as orders from import where id = $1',
          [id],
        );
        if (!row) throw new Error('the import is gone');
        if (until(row.orders, row.state) || Date.now() > deadline) return row;
        await sleep(10);
      }
    });
  const met: number[] = [];
  for (let kill = 1; kill <= KILLS; kill++) {
    // First before any slice, then once some of them are there.
    const due = Math.round((ORDERS * (kill - 1)) / KILLS / 2);
    await progress((orders, state) => (orders >= due && state !== 'waiting') || state === 'done');
    await sleep(random(100));
    await killTree(server.child.pid ?? 0);
    server = await startServer({ dataDir, port });
    const now = await progress(() => true);
    if (now.state !== 'done') met.push(now.orders);
  }
  await progress((_orders, state) => state === 'done' || state === 'failed');
  console.log(`seed ${SEED}: the kills met the import at ${met.join(', ')} orders`);
  expect(met).toHaveLength(KILLS);
  expect(Math.max(...met)).toBeGreaterThan(0);

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
      orders: await count('orders where contact_id <> 0 and gross = 90000 and line_count = 3'),
      all: await count('orders'),
      lines: await count('order_line'),
      registered: await count('order_registry r join orders o on o.contact_id = r.contact_id and o.row_id = r.row_id'),
    };
  });
  const { summary, ...rest } = stored;
  expect(summary).toMatchObject({ lines: ORDERS * LINES, orders: ORDERS, contacts: PEOPLE, rejected: 0, updated: 0 });
  expect(summary.created + summary.unchanged).toBe(ORDERS);
  expect(rest).toEqual({
    state: 'done',
    ...{ contacts: PEOPLE, identifiers: PEOPLE * 2, orders: ORDERS, all: ORDERS },
    ...{ lines: ORDERS * LINES, registered: ORDERS },
  });
}, 400_000);
