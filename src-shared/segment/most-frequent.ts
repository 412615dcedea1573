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
  const batches: Cut[] = [];
  yield* each((batch) => batches.push(cut(batch)));
  const rows = batches.reduce((sum, { contacts }) => sum + contacts.length, 0);
  const tally = new Tally(kept.length, texts.all.length + 1, rows);
  const most = new Uint32Array(kept.length);
  for (const batch of batches) {
    countTexts(batch, tally, most);
    yield;
  }
  const ranks = ranksOf(texts.all);
  const latest = new Float64Array(kept.length);
  for (const batch of batches) {
    keepLatest(batch, tally, { kept, most, latest, ranks });
    yield;
  }
  return kept;
}

/** Rows of a part that stay while the others are read. */
type Cut = { contacts: Uint32Array; numbers: Uint32Array; times: Float64Array };

const cut = ({ length, contacts, values, times }: Batch): Cut => ({
  contacts: contacts.slice(0, length),
  numbers: Uint32Array.from(values.subarray(0, length)),
  times: times.slice(0, length),
});

/** Counts by contact and text: a cell for each pair where there are few, else a hash table of the pairs there are. */
class Tally {
  readonly counts: Uint32Array;
  readonly #width: number;
  /** Pairs by slot, as contact × width + text; null where every pair has its own. */
  readonly #pairs: Float64Array | null;

  constructor(contacts: number, texts: number, rows: number) {
    this.#width = texts;
    const dense = contacts * texts <= MOST_CELLS;
    const size = dense ? contacts * texts : 2 ** Math.ceil(Math.log2(2 * rows + 2));
    this.counts = new Uint32Array(size);
    this.#pairs = dense ? null : new Float64Array(size);
  }

  slot(contact: number, text: number): number {
    const pair = contact * this.#width + text;
    const pairs = this.#pairs;
    if (pairs === null) return pair;
    const last = pairs.length - 1;
    let slot = (Math.imul(contact, 0x9e3779b1) ^ Math.imul(text, 0x85ebca6b)) & last;
    while (pairs[slot] !== pair && pairs[slot] !== 0) slot = (slot + 1) & last;
    pairs[slot] = pair;
    return slot;
  }
}

/** 64 MB of counts. */
const MOST_CELLS = 2 ** 24;

/** `most`: how often each contact has the text it has most often. */
function countTexts({ contacts, numbers }: Cut, tally: Tally, most: Uint32Array): void {
  const { counts } = tally;
  for (let index = 0; index < contacts.length; index++) {
    const id = contacts[index] ?? 0;
    const slot = tally.slot(id, numbers[index] ?? 0);
    const count = (counts[slot] ?? 0) + 1;
    counts[slot] = count;
    if (count > (most[id] ?? 0)) most[id] = count;
  }
}

type Standing = { kept: Float64Array; most: Uint32Array; latest: Float64Array; ranks: Uint32Array };

/** Of the texts that are there most often, the one of the latest row. */
function keepLatest({ contacts, numbers, times }: Cut, tally: Tally, { kept, most, latest, ranks }: Standing): void {
  const { counts } = tally;
  for (let index = 0; index < contacts.length; index++) {
    const id = contacts[index] ?? 0;
    const text = numbers[index] ?? 0;
    if (counts[tally.slot(id, text)] !== most[id]) continue;
    const time = times[index] ?? 0;
    const known = kept[id] ?? Number.NaN;
    const before = latest[id] ?? 0;
    const isFirst = Number.isNaN(known);
    if (!isFirst && (time < before || (time === before && (ranks[text] ?? 0) >= (ranks[known] ?? 0)))) continue;
    kept[id] = text;
    latest[id] = time;
  }
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
