/** Conditions on the parameters of events, over the columns that hold them. A part without a column has no value in it. */
import type { DictColumn, NumberColumn, TablePart } from '#shared/columns/view.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { NumberTest, ResolvedParameter } from './resolve-parameters.ts';

type Filter = (row: number) => boolean;

/** Whether a row passes all of them; null when none of the part can. */
export function parameterFilter(part: TablePart, where: readonly ResolvedParameter[]): Filter | null {
  const filters: Filter[] = [];
  for (const test of where) {
    const column = part.columns[test.column];
    if (!column) return null;
    const filter =
      test.kind === 'text'
        ? column.type === 'dict' && textFilter(column, test)
        : column.type === 'number' && numberFilter(column, test.test);
    if (!filter) throw new Error(`Column ${test.column} is not one of ${test.kind}`);
    filters.push(filter);
  }
  return (row) => filters.every((passes) => passes(row));
}

/** Each text is looked at once, however many rows have it. */
function textFilter(column: DictColumn, test: Extract<ResolvedParameter, { kind: 'text' }>): Filter {
  const flags = new Uint8Array(column.size + 1);
  const wanted = new Set(test.needles);
  for (let code = 1; code <= column.size; code++) {
    const text = column.value(code);
    const matches = test.test === 'is' ? wanted.has(text) : test.needles.some((needle) => text.includes(needle));
    if (matches !== test.none) flags[code] = 1;
  }
  const { codes } = column;
  return (row) => flags[codes[row] ?? 0] === 1;
}

function numberFilter({ data, base, empty }: NumberColumn, { op, value }: NumberTest): Filter {
  const over = (passes: (number: number) => boolean): Filter => {
    return (row) => {
      const raw = data[row] ?? Number.NaN;
      return raw !== empty && !Number.isNaN(raw) && passes(raw + base);
    };
  };
  switch (op) {
    case 'atLeast':
      return over((number) => number >= value);
    case 'atMost':
      return over((number) => number <= value);
    case 'equals':
      return over((number) => number === value);
    default:
      return assertUnreachable(op);
  }
}
