import { afterEach, expect, test } from 'vitest';
import { Engine } from '#renderer/data/columns/engine.ts';
import { MetaStore } from '#renderer/data/store/meta.ts';
import { openUserStore, type UserStore } from '#renderer/data/store/user-store.ts';
import { partFromRows } from '#shared/columns/rows.ts';
import type { TableName, TailRow } from '#shared/columns/tables.ts';
import type { EventDetail } from '#shared/event/event-detail.schema.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import { memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { contactEvents } from './contact-events.ts';
import { keepDetails } from './event-details.ts';

let store: UserStore | null = null;
afterEach(() => store?.db.close());

const row = (key: number): TailRow => ({ key, cells: { rowId: key, contactId: 7, at: key * 10, type: 'Visit' } });
const detail = (rowId: number): EventDetail => ({
  rowId,
  at: rowId * 10,
  type: 'Visit',
  params: { rowId },
  source: 'Web',
});

/** An account whose server told of contact 7 so far; `read` says which tables were read. */
async function account(told: readonly EventDetail[] | null) {
  store = await openUserStore('muster2-somebody', memoryBackend(), unexpected);
  const meta = new MetaStore(store);
  if (told) await keepDetails(meta, 7, told, 1);
  const engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
    zone: 'UTC',
    currency: 'UAH',
    now: () => 0,
  });
  const contact = partFromRows('contact', [{ key: 7, cells: {} }]);
  engine.store.reset(new Map<TableName, (typeof contact)[]>([['contact', [contact]]]), []);
  const read: TableName[] = [];
  const need = async (tables: readonly TableName[]) => {
    read.push(...tables);
    engine.store.setBase(new Map([['event', [partFromRows('event', [row(1), row(2), row(3)])]]]));
  };
  return { meta, engine, read, columns: { need } };
}
const idsOf = ({ events }: { events: readonly { rowId: number }[] }) => events.map(({ rowId }) => rowId);

test('a card reads the columns of events only where everything is asked for', async () => {
  const opened = await account([detail(3), detail(2)]);
  const newest = await contactEvents(opened, 7, false);
  expect(newest).toMatchObject({
    reach: 'all',
    events: [{ rowId: 3, details: { params: { rowId: 3 } } }, { rowId: 2 }],
  });
  expect(opened.read).toEqual([]);
  const all = await contactEvents(opened, 7, true);
  expect(opened.read).toEqual(['event']);
  expect(all).toMatchObject({ reach: 'all', events: [{ rowId: 3 }, { rowId: 2 }, { rowId: 1, details: null }] });
});

test('once they are read they answer', async () => {
  const opened = await account([detail(3)]);
  await opened.columns.need(['event']);
  expect(idsOf(await contactEvents(opened, 7, false))).toEqual([3, 2, 1]);
});

test('before the server was asked nothing is said to be everything', async () => {
  expect(await contactEvents(await account(null), 7, false)).toMatchObject({ reach: 'unknown', events: [] });
});

test('as many as the server tells at most are the newest of more', async () => {
  const told = Array.from({ length: 300 }, (_, at) => detail(1_000 - at));
  expect((await contactEvents(await account(told), 7, false)).reach).toBe('newest');
});

test('what the server told stays where this device gave the columns up', async () => {
  const opened = await account([detail(3), detail(0)]);
  opened.engine.asOf = { ...opened.engine.asOf, eventsFrom: 10 };
  expect((await contactEvents(opened, 7, false)).asOf.eventsFrom).toBeNull();
  const all = await contactEvents(opened, 7, true);
  expect(idsOf(all)).toEqual([3, 2, 1, 0]);
  expect(all.asOf.eventsFrom).toBe(10);
});

test('of who is not here any more nothing is told', async () => {
  const opened = await account([detail(3)]);
  opened.engine.store.reset(new Map(), []);
  expect(await contactEvents(opened, 7, false)).toMatchObject({ reach: 'unknown', events: [] });
});
