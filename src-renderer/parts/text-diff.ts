/** A stretch of text: in both, only in the first, or only in the second. */
export type DiffPart = { in: 'both' | 'first' | 'second'; text: string };

/** Words with the space after them, tags and signs each alone: pieces that change as one. */
const pieces = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

/** Above this many comparisons the middle counts as replaced: nobody reads such a difference word by word. */
const MAX_CELLS = 4_000_000;

/** How long the longest common run of pieces is, from every pair of places to the ends. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        a[i] === b[j] ? (lengths[at + width + 1] ?? 0) + 1 : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  return lengths;
}

function* middle(a: readonly string[], b: readonly string[]): Generator<DiffPart> {
  if ((a.length + 1) * (b.length + 1) > MAX_CELLS) {
    yield { in: 'first', text: a.join('') };
    yield { in: 'second', text: b.join('') };
    return;
  }
  const lengths = commonLengths(a, b);
  const width = b.length + 1;
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      yield { in: 'both', text: left };
      i++;
      j++;
    } else if (
      left !== undefined &&
      (right === undefined || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      yield { in: 'first', text: left };
      i++;
    } else {
      yield { in: 'second', text: right ?? '' };
      j++;
    }
  }
}

/** The difference of two texts by words; neighbouring pieces of one kind are joined. */
export function diffText(first: string, second: string): DiffPart[] {
  const [a, b] = [pieces(first), pieces(second)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const parts: DiffPart[] = [];
  const add = (part: DiffPart) => {
    if (part.text === '') return;
    const last = parts.at(-1);
    if (last?.in === part.in) last.text += part.text;
    else parts.push({ ...part });
  };
  add({ in: 'both', text: a.slice(0, start).join('') });
  for (const part of middle(a.slice(start, a.length - end), b.slice(start, b.length - end))) add(part);
  add({ in: 'both', text: a.slice(a.length - end).join('') });
  return parts;
}

/** One side of a difference, with what is the same cut down to its edges, so that a long text fits a card. */
export function sideOf(parts: readonly DiffPart[], side: 'first' | 'second', edge: number): DiffPart[] {
  const own = parts.filter((part) => part.in === 'both' || part.in === side);
  return own.map((part, place) => {
    if (part.in !== 'both' || part.text.length <= 2 * edge + 10) return part;
    const head = place === 0 ? '' : part.text.slice(0, edge);
    const tail = place === own.length - 1 ? '' : part.text.slice(-edge);
    // A text that is the same throughout keeps its beginning.
    return own.length === 1
      ? { in: part.in, text: `${part.text.slice(0, 2 * edge)} …` }
      : { in: part.in, text: `${head} … ${tail}` };
  });
}
