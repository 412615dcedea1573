/**
 * Computed fields over columns: one pass over the rows that count, added up by contact id. The SQL twin is
 * server/segments/computed-sql.ts; semantics.md says what both answer.
 */
import type { ColumnView, DictColumn, NumberColumn } from '#shared/columns/view.ts';
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { fold } from '#shared/kernel/fold.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { type Batch, eachBatch, Texts } from './computed-rows.ts';
import { mostFrequentTexts } from './most-frequent.ts';
import type { ResolvedComputed } from './resolve-computed.ts';

/** The value of each contact, by contact id, as a column of a part that begins with id 0. Pauses after each part. */
export function* computedColumn(computed: ResolvedComputed, view: ColumnView): Steps<NumberColumn | DictColumn> {
  const texts = new Texts();
  const data = yield* valuesOf(computed, view, texts);
  return computed.isText ? textsColumn(data, texts.all) : { type: 'number', data, base: 0, empty: Number.NaN };
}

function* valuesOf(computed: ResolvedComputed, view: ColumnView, texts: Texts): Steps<Float64Array> {
  const limit = view.contactLimit;
  const values = new Float64Array(limit).fill(computed.zero ? 0 : Number.NaN);
  const { aggregate } = computed;
  const each = (take: (batch: Batch) => void, timed = false) => eachBatch(computed, view, { texts, timed, take });
  switch (aggregate) {
    case 'count':
      yield* each((batch) => count(values, batch));
      return values;
    case 'sum':
      yield* each((batch) => add(values, batch));
      return values;
    case 'average': {
      const counts = new Float64Array(limit);
      const sums = new Float64Array(limit);
      yield* each((batch) => {
        count(counts, batch);
        add(sums, batch);
      });
      for (let id = 0; id < limit; id++) {
        const n = counts[id] ?? 0;
        if (n > 0) values[id] = Math.floor((sums[id] ?? 0) / n + 0.5);
      }
      return values;
    }
    case 'min':
      yield* each((batch) => keepLeast(values, batch));
      return values;
    case 'max':
      yield* each((batch) => keepMost(values, batch));
      return values;
    case 'first':
      if (computed.value.kind === 'time') yield* each((batch) => keepLeast(values, batch));
      else {
        const place = { times: new Float64Array(limit), keys: new Float64Array(limit) };
        yield* each((batch) => keepFirst(values, place, batch), true);
      }
      return values;
    case 'last':
      if (computed.value.kind === 'time') yield* each((batch) => keepMost(values, batch));
      else {
        const place = { times: new Float64Array(limit), keys: new Float64Array(limit) };
        yield* each((batch) => keepLast(values, place, batch), true);
      }
      return values;
    case 'mostFrequent':
      return yield* mostFrequentTexts(values, texts, (take) => each(take, true));
    default:
      return assertUnreachable(aggregate);
  }
}

function count(counts: Float64Array, { length, contacts }: Batch): void {
  for (let index = 0; index < length; index++) {
    const id = contacts[index] ?? 0;
    counts[id] = (counts[id] ?? 0) + 1;
  }
}

function add(sums: Float64Array, { length, contacts, values }: Batch): void {
  for (let index = 0; index < length; index++) {
    const id = contacts[index] ?? 0;
    sums[id] = (sums[id] ?? 0) + (values[index] ?? 0);
  }
}

function keepLeast(kept: Float64Array, { length, contacts, values }: Batch): void {
  for (let index = 0; index < length; index++) {
    const id = contacts[index] ?? 0;
    const value = values[index] ?? 0;
    if (!((kept[id] ?? 0) <= value)) kept[id] = value;
  }
}

function keepMost(kept: Float64Array, { length, contacts, values }: Batch): void {
  for (let index = 0; index < length; index++) {
    const id = contacts[index] ?? 0;
    const value = values[index] ?? 0;
    if (!((kept[id] ?? 0) >= value)) kept[id] = value;
  }
}

/** Where the value that is kept comes from. */
type Place = { times: Float64Array; keys: Float64Array };

function keepFirst(kept: Float64Array, place: Place, { length, contacts, values, times, keys }: Batch): void {
  for (let index = 0; index < length; index++) {
    const id = contacts[index] ?? 0;
    const time = times[index] ?? 0;
    const key = keys[index] ?? 0;
    const known = place.times[id] ?? 0;
    if (!Number.isNaN(kept[id]) && (time > known || (time === known && key >= (place.keys[id] ?? 0)))) continue;
    kept[id] = values[index] ?? 0;
    place.times[id] = time;
    place.keys[id] = key;
  }
}

function keepLast(kept: Float64Array, place: Place, { length, contacts, values, times, keys }: Batch): void {
  for (let index = 0; index < length; index++) {
    const id = contacts[index] ?? 0;
    const time = times[index] ?? 0;
    const key = keys[index] ?? 0;
    const known = place.times[id] ?? 0;
    if (!Number.isNaN(kept[id]) && (time < known || (time === known && key <= (place.keys[id] ?? 0)))) continue;
    kept[id] = values[index] ?? 0;
    place.times[id] = time;
    place.keys[id] = key;
  }
}

/** Numbers of texts as a column whose codes are sort ranks, as in every part. */
function textsColumn(numbers: Float64Array, all: readonly string[]): DictColumn {
  const folds = all.map(fold);
  const order = all.map((_, at) => at);
  const foldOf = (at: number) => folds[at] ?? '';
  const textOf = (at: number) => all[at] ?? '';
  order.sort((a, b) => compare(foldOf(a), foldOf(b)) || compare(textOf(a), textOf(b)));
  const codeOf = new Uint32Array(all.length + 1);
  order.forEach((at, rank) => {
    codeOf[at + 1] = rank + 1;
  });
  const codes = new Uint32Array(numbers.length);
  for (let id = 0; id < codes.length; id++) {
    const number = numbers[id] ?? Number.NaN;
    if (!Number.isNaN(number)) codes[id] = codeOf[number] ?? 0;
  }
  const folded = (code: number) => foldOf(order[code - 1] ?? -1);
  return {
    type: 'dict',
    codes,
    size: all.length,
    value: (code) => textOf(order[code - 1] ?? -1),
    folded,
    match(mode, needle) {
      const flags = new Uint8Array(all.length + 1);
      for (let code = 1; code < flags.length; code++) if (matches(folded(code), mode, needle)) flags[code] = 1;
      return flags;
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Whether a text passes, both compared as they are. */
export function matches(text: string, mode: 'is' | 'contains' | 'startsWith' | 'endsWith', needle: string): boolean {
  switch (mode) {
    case 'is':
      return text === needle;
    case 'contains':
      return text.includes(needle);
    case 'startsWith':
      return text.startsWith(needle);
    case 'endsWith':
      return text.endsWith(needle);
    default:
      return assertUnreachable(mode);
  }
}
