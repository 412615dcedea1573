import type { Distinct } from '#renderer/data/data-api.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { VALUE_SEPARATOR } from '#shared/contact/field.schema.ts';
import { counts, textsOf } from './access.ts';

/** Values of a text column with how often each occurs, most frequent first. */
export function distinctValues(parts: readonly TablePart[], column: string, limit: number): Distinct {
  const totals = new Map<string, number>();
  for (const part of parts) {
    const texts = textsOf(part, column);
    const tally = new Uint32Array(texts.size + 1);
    for (let row = 0; row < part.rows; row++) {
      const code = texts.codes[row] ?? 0;
      if (code !== 0 && counts(part, row)) tally[code] = (tally[code] ?? 0) + 1;
    }
    for (let code = 1; code <= texts.size; code++) {
      const hits = tally[code] ?? 0;
      if (hits > 0) totals.set(texts.value(code), (totals.get(texts.value(code)) ?? 0) + hits);
    }
  }
  return mostFrequent(totals).slice(0, limit);
}

/** Of a multiple choice, whose cells hold several values each. */
export function eachChosen(cells: Distinct): Distinct {
  const totals = new Map<string, number>();
  for (const { value, count } of cells) {
    for (const one of value.split(VALUE_SEPARATOR)) totals.set(one, (totals.get(one) ?? 0) + count);
  }
  return mostFrequent(totals);
}

const mostFrequent = (totals: ReadonlyMap<string, number>): Distinct =>
  [...totals]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
