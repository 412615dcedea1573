import type { ContactQuery } from '#renderer/data/data-api.ts';
import { type BulkTarget, MAX_CHOSEN } from '#shared/contact/bulk.schema.ts';

/** Rows somebody chose: these, or everybody the list shows but these. */
export type Selection = { everybody: boolean; ids: ReadonlySet<number> };

export const nobody: Selection = { everybody: false, ids: new Set() };
export const everybody: Selection = { everybody: true, ids: new Set() };

export const isChosen = ({ everybody, ids }: Selection, id: number): boolean => ids.has(id) !== everybody;

/** How many are chosen of `total` that the list shows. */
export function countChosen({ everybody, ids }: Selection, total: number): number {
  return everybody ? Math.max(0, total - ids.size) : ids.size;
}

/** Chooses rows, or takes them out. */
export function choose({ everybody, ids }: Selection, some: Iterable<number>, on: boolean): Selection {
  const next = new Set(ids);
  for (const id of some) {
    if (on === everybody) next.delete(id);
    else next.add(id);
  }
  return { everybody, ids: next };
}

/** As the server is told. A filter is sent as the filter: what it finds there is what counts. */
export function targetOf(selection: Selection, { search, rule }: Pick<ContactQuery, 'search' | 'rule'>): BulkTarget {
  const ids = [...selection.ids];
  return selection.everybody
    ? { kind: 'filter', rule, search, except: ids }
    : { kind: 'chosen', ids: ids.slice(0, MAX_CHOSEN) };
}
