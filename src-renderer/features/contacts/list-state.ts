import { create } from 'zustand';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import { askable } from '#renderer/parts/rule-problem.ts';
import type { Leaf, Rule } from '#shared/segment/segment.schema.ts';

/** A condition of the list with a key that stays while it is edited. */
export type ListFilter = { key: number; leaf: Leaf };

type ListState = {
  search: string;
  filters: ListFilter[];
  sort: ContactQuery['sort'];
  nextKey: number;
  setSearch: (search: string) => void;
  addFilter: (leaf: Leaf) => number;
  changeFilter: (key: number, leaf: Leaf) => void;
  removeFilter: (key: number) => void;
  clear: () => void;
  setSort: (sort: ContactQuery['sort']) => void;
};

/** What the contacts list is narrowed to; kept while one looks at something else. */
export const useListState = create<ListState>((set, get) => ({
  search: '',
  filters: [],
  sort: { key: 'lastOrderAt', descending: true },
  nextKey: 1,
  setSearch: (search) => set({ search }),
  addFilter: (leaf) => {
    const key = get().nextKey;
    set((state) => ({ filters: [...state.filters, { key, leaf }], nextKey: key + 1 }));
    return key;
  },
  changeFilter: (key, leaf) =>
    set((state) => ({ filters: state.filters.map((filter) => (filter.key === key ? { key, leaf } : filter)) })),
  removeFilter: (key) => set((state) => ({ filters: state.filters.filter((filter) => filter.key !== key) })),
  clear: () => set({ search: '', filters: [] }),
  setSort: (sort) => set({ sort }),
}));

/** The rule of all filters and the opened segment together; null = everybody. */
export function listRule(filters: readonly ListFilter[], segment: Rule | null): Rule | null {
  const rules: Rule[] = filters.map(({ leaf }) => leaf);
  if (segment) rules.push(segment);
  if (rules.length === 0) return null;
  const [only] = rules;
  const rule = askable(rules.length === 1 && only ? only : { type: 'all', rules });
  // "All of nothing" is everybody, which needs no rule.
  return rule?.type === 'all' && rule.rules.length === 0 ? null : rule;
}
