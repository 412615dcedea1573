import { assertUnreachable } from '#shared/kernel/assert.ts';
import type { TextMatch } from '#shared/segment/text-match.ts';
import type { SqlValues } from './sql-values.ts';

/** A condition on a folded text. All are COLLATE "C"; never LIKE, because the user's text may hold % and _. */
export function textCondition(column: string, { test, needles, none }: TextMatch, values: SqlValues): string {
  const matches = () => {
    const [first] = needles;
    if (test === 'is' && needles.length === 1) return `${column} = ${values.add(first, 'text')}`;
    if (test === 'is') return `${column} = any(${values.add(needles, 'text[]')})`;
    return needles.map((needle) => oneMatch(column, test, values.add(needle, 'text'))).join(' or ');
  };
  return none ? `(${column} <> '' and not (${matches()}))` : `(${matches()})`;
}

function oneMatch(column: string, test: 'contains' | 'startsWith' | 'endsWith', needle: string): string {
  switch (test) {
    case 'contains':
      return `strpos(${column}, ${needle}) > 0`;
    case 'startsWith':
      return `starts_with(${column}, ${needle})`;
    case 'endsWith':
      // Both count characters, so text outside the basic plane is cut where it should be.
      return `right(${column}, char_length(${needle})) = ${needle}`;
    default:
      return assertUnreachable(test);
  }
}
