import { create } from 'zustand';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import { askable } from '#renderer/parts/rule-problem.ts';
import type { Leaf, Rule } from '#shared/segment/segment.schema.ts';

/** A condition of the list with a key that stays while it is edited. */
export type ListFilter = { key: number; leaf: Leaf };

/** What the list is narrowed to. */
export type Narrowing = { search: string; leaves: readonly Leaf[]; sort: ContactQuery['sort'] };
export const plainly: Narrowing = { search: '', leaves: [], sort: { key: 'lastOrderAt', descending: true } };

type ListState = {
  /** The view that is open; empty: none. */
  view: string;
  /** What other views were narrowed to when they were left. */
  left: Readonly<Record<string, Narrowing>>;
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
  /** Opens a view as it was left, else as it is saved. */
  open: (view: string, saved: Narrowing) => void;
  /** What is shown was kept as another view, which is open from now on: the one before is again as it is saved. */
  keptAs: (view: string) => void;
  /** As it is saved. */
  reset: (saved: Narrowing) => void;
};

/** What the contacts list is narrowed to; kept while one looks at something else. */
export const useListState = create<ListState>((set, get) => ({
  view: '',
  left: {},
  search: plainly.search,
  filters: [],
  sort: plainly.sort,
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
  open: (view, saved) =>
    set((state) => {
      if (view === state.view) return {};
      const left = { ...state.left, [state.view]: narrowingOf(state) };
      return { view, left, ...listed(left[view] ?? saved, state.nextKey) };
    }),
  keptAs: (view) => set(({ view: before, left: { [before]: _shown, ...left } }) => ({ view, left })),
  reset: (saved) => set(({ nextKey }) => listed(saved, nextKey)),
}));

/** What the open list is narrowed to now. */
export const narrowingOf = ({ search, filters, sort }: Pick<ListState, 'search' | 'filters' | 'sort'>): Narrowing => ({
  search,
  leaves: filters.map(({ leaf }) => leaf),
  sort,
});

const listed = ({ search, leaves, sort }: Narrowing, nextKey: number) => ({
  search,
  sort,
  filters: leaves.map((leaf, at) => ({ key: nextKey + at, leaf })),
  nextKey: nextKey + leaves.length,
});

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
