import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ColumnStore } from '#renderer/data/columns/column-store.ts';
import { rowsOf } from '#shared/columns/rows.ts';
import { type TailRow, tableNames } from '#shared/columns/tables.ts';
import type { TailOutput } from '#shared/sync/wire.schema.ts';
import { baseOf, shop, tailOf } from '#tests/support/shop-columns.ts';
import { joinTails } from './tail-log.ts';

/** Every visible row of every table, in an order that does not depend on how it came. */
function contents(store: ColumnStore): Record<string, TailRow[]> {
  const found: Record<string, TailRow[]> = {};
  for (const table of tableNames) {
    found[table] = store
      .parts(table)
      .flatMap((part) => rowsOf(part))
      .sort((a, b) => a.key - b.key || JSON.stringify(a).localeCompare(JSON.stringify(b)));
  }
  return found;
}

test('a joined tail says the same as its pages one after another', () => {
  fc.assert(
    fc.property(shop, fc.array(shop, { minLength: 1, maxLength: 5 }), (first, later) => {
      const pages: TailOutput[] = later.map((one, index) => ({ ...tailOf(one), version: index + 1 }));
      const base = baseOf(first);
      const stepwise = new ColumnStore();
      stepwise.reset(base, []);
      for (const page of pages) {
        stepwise.addTail(page);
        // Looked at in between, so that masks made early are put to the test.
        stepwise.parts('contact');
      }
      const joined = new ColumnStore();
      const one = joinTails(pages);
      joined.reset(base, [one]);
      expect(contents(joined)).toEqual(contents(stepwise));
      const several = new ColumnStore();
      several.reset(base, pages);
      expect(contents(several)).toEqual(contents(stepwise));
      expect(one.version).toBe(pages.length);
      expect(joinTails([one])).toEqual(one);
    }),
    { numRuns: 100 },
  );
});
