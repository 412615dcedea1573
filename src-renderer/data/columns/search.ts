import { keyAt } from '#shared/columns/rows.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { searchedFields, searchWords } from '#shared/contact/search-words.ts';
import type { Steps } from '#shared/kernel/steps.ts';
import { counts, textsOf } from './access.ts';

/** flags[id] = 1 for each contact found; null when the search is empty, so everybody is. Pauses after each part. */
export function* searchContacts(parts: readonly TablePart[], limit: number, search: string): Steps<Uint8Array | null> {
  let found: Uint8Array | null = null;
  for (const word of searchWords(search)) {
    const hits = new Uint8Array(limit);
    for (const part of parts) {
      flagWord(part, word, hits);
      yield;
    }
    if (found) for (let id = 0; id < limit; id++) found[id] = (found[id] ?? 0) & (hits[id] ?? 0);
    else found = hits;
  }
  return found;
}

function flagWord(part: TablePart, word: string, hits: Uint8Array): void {
  for (const field of searchedFields) {
    const column = textsOf(part, field);
    if (column.size === 0) continue;
    const matching = column.match('contains', word);
    if (!matching.includes(1)) continue;
    const { codes } = column;
    for (let row = 0; row < part.rows; row++) {
      if (matching[codes[row] ?? 0] === 1 && counts(part, row)) hits[keyAt(part, row)] = 1;
    }
  }
}
