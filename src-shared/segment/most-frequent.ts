import type { Steps } from '#shared/kernel/steps.ts';
import type { Batch, Texts } from './computed-rows.ts';

/**
 * The text each contact has most often. Of texts that are equally often there, the one that was seen last counts; of
 * those seen at the same moment, the first in the order of code points.
 */
export function* mostFrequentTexts(
  kept: Float64Array,
  texts: Texts,
  each: (take: (batch: Batch) => void) => Steps<void>,
): Steps<Float64Array> {
  const batches: Batch[] = [];
  yield* each(({ length, contacts, values, times, keys }) => {
    const cut = { contacts: contacts.slice(0, length), values: values.slice(0, length), times: times.slice(0, length) };
    batches.push({ length, ...cut, keys });
  });
  const { starts, values, times } = byContact(batches, kept.length);
  yield;
  const ranks = ranksOf(texts.all);
  const counts = new Uint32Array(texts.all.length + 1);
  const latest = new Float64Array(texts.all.length + 1);
  for (let id = 0; id < kept.length; id++) {
    const from = starts[id] ?? 0;
    const to = starts[id + 1] ?? 0;
    if (from === to) continue;
    for (let at = from; at < to; at++) {
      const text = values[at] ?? 0;
      const time = times[at] ?? 0;
      const before = counts[text] ?? 0;
      counts[text] = before + 1;
      if (before === 0 || time > (latest[text] ?? 0)) latest[text] = time;
    }
    let best = values[from] ?? 0;
    for (let at = from + 1; at < to; at++) {
      const text = values[at] ?? 0;
      const more = (counts[text] ?? 0) - (counts[best] ?? 0);
      const later = (latest[text] ?? 0) - (latest[best] ?? 0);
      if (more > 0 || (more === 0 && (later > 0 || (later === 0 && (ranks[text] ?? 0) < (ranks[best] ?? 0)))))
        best = text;
    }
    kept[id] = best;
    for (let at = from; at < to; at++) counts[values[at] ?? 0] = 0;
  }
  return kept;
}

/** All rows, contact after contact: a counting sort. */
function byContact(
  batches: readonly Batch[],
  limit: number,
): { starts: Uint32Array; values: Uint32Array; times: Float64Array } {
  const starts = new Uint32Array(limit + 1);
  let total = 0;
  for (const { length, contacts } of batches) {
    total += length;
    for (let index = 0; index < length; index++) {
      const slot = (contacts[index] ?? 0) + 1;
      starts[slot] = (starts[slot] ?? 0) + 1;
    }
  }
  for (let id = 1; id <= limit; id++) starts[id] = (starts[id] ?? 0) + (starts[id - 1] ?? 0);
  const next = starts.slice();
  const values = new Uint32Array(total);
  const times = new Float64Array(total);
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++) {
      const id = batch.contacts[index] ?? 0;
      const at = next[id] ?? 0;
      next[id] = at + 1;
      values[at] = batch.values[index] ?? 0;
      times[at] = batch.times[index] ?? 0;
    }
  }
  return { starts, values, times };
}

/** Places of texts, numbered from 1, in the order of code points: as PostgreSQL's "C" collation has them. */
function ranksOf(texts: readonly string[]): Uint32Array {
  const ranks = new Uint32Array(texts.length + 1);
  const order = texts.map((_, at) => at).sort((a, b) => byCodePoint(texts[a] ?? '', texts[b] ?? ''));
  order.forEach((at, rank) => {
    ranks[at + 1] = rank;
  });
  return ranks;
}

/** Surrogates are code units below U+E000…U+FFFF, but stand for code points above. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return aboveSurrogates(left) - aboveSurrogates(right);
  }
  return a.length - b.length;
}

const aboveSurrogates = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
