import { useMemo, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { AsOf, ContactQuery, ContactRow } from '#renderer/data/data-api.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import type { PageCache } from './page-cache.ts';
import { choose, countChosen, everybody, isChosen, nobody, type Selection } from './selection.ts';

/** What the grid asks about rows that are chosen, and tells of them; rows by their place in the list. */
export type Choice = {
  state: 'none' | 'some' | 'all';
  has: (id: number) => boolean;
  toggle: (index: number) => void;
  /** From one row to another, both of them. */
  range: (from: number, to: number) => void;
  /** The end of a range moved: what is beyond it is taken out. */
  extend: (anchor: number, from: number, to: number) => void;
  all: (on: boolean) => void;
};

type Pages = PageCache<ContactRow, AsOf>;

/** The rows chosen in the list; another question begins with none. */
export function useChoice(
  pages: Pages | null,
  query: ContactQuery,
): { selection: Selection; choice: Choice; count: number } {
  const about = useMemo(() => JSON.stringify([query.search, query.rule]), [query.search, query.rule]);
  const [state, setState] = useState({ about, selection: nobody });
  const selection = state.about === about ? state.selection : nobody;
  const total = pages?.total ?? 0;
  const count = countChosen(selection, total);
  const change = (to: (old: Selection) => Selection) =>
    setState((old) => ({ about, selection: to(old.about === about ? old.selection : nobody) }));
  // Ranges are asked of the worker; they take effect in the order in which they were made.
  const last = useRef<Promise<void>>(Promise.resolve());

  /** Rows a…b of the list, those on the screen at once. */
  const withIds = (a: number, b: number, then: (ids: number[]) => void) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    const here: number[] = [];
    for (let index = from; index <= to; index++) {
      const row = pages?.row(index);
      if (!row) break;
      here.push(row.id);
    }
    if (here.length === to - from + 1) {
      then(here);
      return;
    }
    last.current = last.current
      .then(async () => then(await data.contactIds(query, from, to - from + 1)))
      .catch((error: unknown) => notifyError('The rows could not be chosen', error));
  };

  const choice: Choice = {
    state: count === 0 ? 'none' : count >= total ? 'all' : 'some',
    has: (id) => isChosen(selection, id),
    toggle: (index) => {
      const row = pages?.row(index);
      if (row) change((old) => choose(old, [row.id], !isChosen(old, row.id)));
    },
    range: (from, to) => withIds(from, to, (ids) => change((old) => choose(old, ids, true))),
    extend: (anchor, from, to) => {
      const low = Math.min(anchor, from, to);
      withIds(low, Math.max(anchor, from, to), (ids) => {
        const between = (end: number) => ids.slice(Math.min(anchor, end) - low, Math.max(anchor, end) - low + 1);
        change((old) => choose(choose(old, between(from), false), between(to), true));
      });
    },
    all: (on) => change(() => (on ? everybody : nobody)),
  };
  return { selection, choice, count };
}
