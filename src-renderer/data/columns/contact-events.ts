import type { TablePart } from '#shared/columns/view.ts';
import { counts, numbersOf, textOf, textsOf, valueAt } from './access.ts';

export type EventRow = { rowId: number; at: number; type: string };

/** What somebody did, newest first; `ids` are the contact's own and those of cards that became part of it. */
export function eventsOf(parts: readonly TablePart[], ids: readonly number[]): EventRow[] {
  const found: EventRow[] = [];
  for (const part of parts) {
    const owners = numbersOf(part, 'contactId');
    const wanted = new Set(ids.map((id) => id - owners.base));
    for (let row = 0; row < part.rows; row++) {
      if (!wanted.has(owners.data[row] ?? -1) || !counts(part, row)) continue;
      found.push({
        rowId: valueAt(numbersOf(part, 'rowId'), row),
        at: valueAt(numbersOf(part, 'at'), row),
        type: textOf(textsOf(part, 'type'), row) ?? '',
      });
    }
  }
  return found.sort((a, b) => b.at - a.at || b.rowId - a.rowId);
}
