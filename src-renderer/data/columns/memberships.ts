/** Lists and subscriptions as the columns know them: of one contact, and how many each list has. */
import type { ListCounts, Membership } from '#renderer/data/data-api.ts';
import type { TablePart } from '#shared/columns/view.ts';
import { LEFT } from '#shared/segment/membership-leaf.ts';
import { counts, numbersOf, textOf, textsOf, valueAt } from './access.ts';

/** A contact's lists and what it said of categories, newest first. */
export function membershipsOf(parts: readonly TablePart[], contactId: number): Membership[] {
  const found: Membership[] = [];
  for (const part of parts) {
    const owners = numbersOf(part, 'contactId');
    const raw = contactId - owners.base;
    for (let row = 0; row < part.rows; row++) {
      if (owners.data[row] !== raw || !counts(part, row)) continue;
      found.push({
        list: textOf(textsOf(part, 'list'), row) ?? '',
        left: textOf(textsOf(part, 'state'), row) === LEFT,
        since: valueAt(numbersOf(part, 'at'), row),
        source: textOf(textsOf(part, 'source'), row) ?? '',
      });
    }
  }
  return found.sort((a, b) => b.since - a.since || (a.list < b.list ? -1 : 1));
}

/** Members of every list and category, and how many left it; `exists` says which contacts there are. */
export function listCounts(parts: readonly TablePart[], exists: (contactId: number) => boolean): ListCounts {
  const found: ListCounts = {};
  for (const part of parts) {
    const owners = numbersOf(part, 'contactId');
    const lists = textsOf(part, 'list');
    const states = textsOf(part, 'state');
    for (let row = 0; row < part.rows; row++) {
      if (!counts(part, row) || !exists(valueAt(owners, row))) continue;
      const list = textOf(lists, row) ?? '';
      found[list] ??= { members: 0, left: 0 };
      if (textOf(states, row) === LEFT) found[list].left++;
      else found[list].members++;
    }
  }
  return found;
}
