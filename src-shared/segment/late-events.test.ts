/** Events that come late lie in the tail, out of order with the chunks before them, until their chunk is built anew. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeChunk, encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf, maskPart, partFromRows } from '#shared/columns/rows.ts';
import type { TailRow } from '#shared/columns/tables.ts';
import type { ColumnView, TablePart } from '#shared/columns/view.ts';
import { DAY_MS } from '#shared/kernel/time.ts';
import { evaluateRule } from './evaluate.ts';
import { resolveRule } from './resolve.ts';
import type { ActivityLeaf, Rule } from './segment.schema.ts';

const NOW = Date.UTC(2026, 10, 23);
const PEOPLE = 6;
const parameters = new Map([['buy', new Map([['price', { key: 'price', kind: 'number' as const, slot: 0 }]])]]);
const context = { now: NOW, zone: 'UTC', currency: 'GBP', parameters, fields: new Map() };

const chunkOf = (rows: readonly TailRow[]): TablePart => decodeChunk(encodeChunk('event', 0, columnsOf('event', rows)));
const contacts = decodeChunk(
  encodeChunk(
    'contact',
    0,
    columnsOf(
      'contact',
      Array.from({ length: PEOPLE }, (_, at) => ({ key: at + 1, cells: {} })),
    ),
  ),
);
const viewOf = (events: readonly TablePart[]): ColumnView => ({
  contactLimit: PEOPLE + 1,
  parts: (table) => (table === 'event' ? events : table === 'contact' ? [contacts] : []),
});

/** Where each event is: in the chunk, come late, or in the chunk with an older time that the tail replaces. */
const event = fc.record({
  contactId: fc.integer({ min: 1, max: PEOPLE }),
  at: fc.integer({ min: NOW - 5 * DAY_MS, max: NOW }).map((at) => at - (at % (DAY_MS / 4))),
  type: fc.constantFrom('buy', 'view'),
  price: fc.option(fc.integer({ min: 0, max: 3 })),
  place: fc.constantFrom('chunk', 'late', 'moved'),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const rowOf = ({ contactId, at, type, price }: Event, key: number): TailRow => ({
  key,
  cells: { rowId: key, contactId, at, type, ...(type === 'buy' && price !== null && { number0: price }) },
});

/** One and two tails after a chunk, as a device has them. */
function grown(events: readonly Event[]): TablePart[] {
  const numbered = events.map((one, at) => ({ one, key: at + 1 }));
  const inChunk = numbered.filter(({ one }) => one.place !== 'late');
  const inTail = numbered.filter(({ one }) => one.place !== 'chunk');
  const before = inChunk.map(({ one, key }) =>
    rowOf(one.place === 'moved' ? { ...one, at: NOW - 9 * DAY_MS } : one, key),
  );
  const changed = new Set(inTail.map(({ key }) => key));
  const tail = partFromRows('event', inTail.map(({ one, key }) => rowOf(one, key)).reverse());
  return [maskPart(chunkOf(before), changed), tail];
}

const leaf = (more: Partial<ActivityLeaf>): Rule => ({
  type: 'activity',
  source: { table: 'event', eventType: 'buy' },
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
  ...more,
});
const lastDays = (days: number) => ({ type: 'lastDays' as const, days });
const rules: Rule[] = [
  ...[1, 2, 4].map((days) => leaf({ period: lastDays(days), value: 2 })),
  leaf({ op: 'equals', value: 0 }),
  leaf({ measure: 'firstAt', op: 'within', value: null, window: lastDays(3) }),
  leaf({ measure: 'lastAt', op: 'notWithin', value: null, window: lastDays(2) }),
  leaf({ source: { table: 'event', eventType: 'buy', where: [{ param: 'price', op: 'atLeast', value: 2 }] } }),
];

test('[MAN-1] events that come late count as if their chunk had been built with them', () => {
  let telling = 0;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const late = viewOf(grown(events));
      const rebuilt = viewOf([chunkOf(events.map((one, at) => rowOf(one, at + 1)))]);
      for (const rule of rules) {
        const resolved = resolveRule(rule, context);
        const members = evaluateRule(resolved, late);
        expect(members, JSON.stringify(rule)).toEqual(evaluateRule(resolved, rebuilt));
        const found = members.reduce((sum, flag) => sum + flag, 0);
        if (found > 0 && found < PEOPLE) telling++;
      }
    }),
    { numRuns: 200 },
  );
  expect(telling).toBeGreaterThan(100);
});
