/** The values of a computed field as one would first write it: every row looked at, everything kept in maps. */
import { cellAt, isVisible } from '#shared/columns/rows.ts';
import type { ColumnView, TablePart } from '#shared/columns/view.ts';
import type { ResolvedComputed } from '#shared/segment/resolve-computed.ts';

type Seen = { at: number; value: string | number };

const numberOf = (part: TablePart, name: string, row: number): number => {
  const column = part.columns[name];
  return Number(column ? cellAt(column, row) : 0);
};

function shownIn(computed: ResolvedComputed, part: TablePart, row: number): string | number | null {
  if (!('value' in computed)) return 1;
  const { value } = computed;
  if (value.kind === 'time') return numberOf(part, 'at', row);
  if (value.column === 'net') return numberOf(part, 'gross', row) - numberOf(part, 'returns', row);
  const column = part.columns[value.column];
  return column ? cellAt(column, row) : null;
}

/** Only what the benchmark asks for: counts, sums, last times and most frequent texts. */
export function naiveComputed(computed: ResolvedComputed, view: ColumnView): Map<number, string | number> {
  const { rows: source, period } = computed;
  const found = new Map<number, Seen[]>();
  for (const part of source === null ? [] : view.parts(source.table)) {
    const type = part.columns.type;
    for (let row = 0; row < part.rows; row++) {
      if (!isVisible(part, row)) continue;
      if (source?.table === 'event' && (!type || cellAt(type, row) !== source.eventType)) continue;
      const at = numberOf(part, 'at', row);
      if (at < (period.from ?? Number.NEGATIVE_INFINITY) || at >= (period.to ?? Number.POSITIVE_INFINITY)) continue;
      const value = shownIn(computed, part, row);
      const id = numberOf(part, 'contactId', row);
      const known = found.get(id);
      if (value === null) continue;
      if (known) known.push({ at, value });
      else found.set(id, [{ at, value }]);
    }
  }
  return new Map([...found].map(([id, seen]) => [id, resultOf(computed, seen)]));
}

function resultOf({ aggregate }: ResolvedComputed, seen: readonly Seen[]): string | number {
  const values = seen.map(({ value }) => value);
  if (aggregate === 'count') return values.length;
  if (aggregate === 'sum') return values.reduce<number>((sum, value) => sum + Number(value), 0);
  if (aggregate === 'last') return values.reduce<number>((most, value) => Math.max(most, Number(value)), 0);
  const groups = [...Map.groupBy(seen, ({ value }) => String(value))].map(([text, rows]) => ({
    text,
    count: rows.length,
    latest: Math.max(...rows.map(({ at }) => at)),
  }));
  groups.sort((a, b) => b.count - a.count || b.latest - a.latest || (a.text < b.text ? -1 : 1));
  return groups[0]?.text ?? '';
}
