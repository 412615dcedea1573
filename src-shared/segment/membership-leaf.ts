/** Conditions on lists and subscriptions: who is in a list, who subscribes to a category. Schema and columnar back end. */
import { z } from 'zod';
import type { ColumnView, DictColumn } from '#shared/columns/view.ts';
import { numberColumn, textColumn } from './column-access.ts';

export const membershipLeafSchema = z.object({
  type: z.literal('membership'),
  /** Id of a `list` or `category` document. */
  list: z.string().min(1, 'Choose a list').max(80),
  op: z.enum(['in', 'notIn']),
});
export type MembershipLeaf = z.infer<typeof membershipLeafSchema>;

/** In the list, or subscribed to the category: a row whose state is not this one. */
export const LEFT = 'unsubscribed';

export type ResolvedMembership = { type: 'membership'; list: string };

/** Code of a text as it is written, not folded; 0 when the column does not hold it. */
function codeOf(column: DictColumn, text: string): number {
  for (let code = 1; code <= column.size; code++) if (column.value(code) === text) return code;
  return 0;
}

export function membershipMask({ list }: ResolvedMembership, view: ColumnView): Uint8Array {
  const out = new Uint8Array(view.contactLimit);
  for (const part of view.parts('membership')) {
    const lists = textColumn(part, 'list');
    const wanted = codeOf(lists, list);
    if (wanted === 0) continue;
    const states = textColumn(part, 'state');
    const left = codeOf(states, LEFT);
    const { data, base } = numberColumn(part, 'contactId');
    for (let row = 0; row < part.rows; row++) {
      if (lists.codes[row] !== wanted || part.masked?.[row] === 1) continue;
      if (left !== 0 && states.codes[row] === left) continue;
      const id = (data[row] ?? 0) + base;
      if (id < out.length) out[id] = 1;
    }
  }
  return out;
}
