/** Saved views of the list: what they say, and whether the list shows something else by now. */
import { useMemo } from 'react';
import type { ContactQuery, Doc } from '#renderer/data/data-api.ts';
import { useLive, useSession } from '#renderer/data/hooks.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import type { ColumnLayout } from '#renderer/ui/ui-state.ts';
import { filtersOf, type View, viewSchema } from '#shared/contact/view.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { gridColumn } from './contact-columns.ts';
import { type Narrowing, plainly } from './list-state.ts';

export type ViewDoc = Doc<View>;

/** Who is signed in here. */
export function useOwnId(): string {
  const session = useSession();
  return session.state === 'signedIn' ? session.user.id : '';
}

/** One's own views and those that are shared, by name; undefined until the device answered. */
export function useViews(): ViewDoc[] | undefined {
  const docs = useLive((from) => from.documents('view'), [], ['documents:view']).value;
  const me = useOwnId();
  return useMemo(
    () =>
      docs &&
      typedDocs(viewSchema, docs)
        .filter(({ body }) => body.shared || body.owner === me)
        .sort((a, b) => a.body.name.localeCompare(b.body.name)),
    [docs, me],
  );
}

/** What a view narrows the list to; a column that is gone does not sort. */
export function narrowingOfView(view: View | null): Narrowing {
  if (!view) return plainly;
  const key = gridColumn(view.sort.key)?.id;
  const sort: ContactQuery['sort'] = key ? { key, descending: view.sort.descending } : plainly.sort;
  return { search: view.search, leaves: filtersOf(view), sort };
}

export type Shown = { narrowing: Narrowing; segmentId: string | null; layout: ColumnLayout };

/** Whether the list shows something else than the view says. Columns are compared by who lays them out. */
export function isChanged(view: View, { narrowing, segmentId }: Pick<Shown, 'narrowing' | 'segmentId'>): boolean {
  return !equalJson(narrowing, narrowingOfView(view)) || segmentId !== view.segmentId;
}

/** The list as it is shown, as fields of a view. */
export function asView({ narrowing, segmentId, layout }: Shown) {
  const { search, leaves, sort } = narrowing;
  const { order, hidden, widths } = layout;
  return { search, filters: [...leaves], segmentId, sort, order, hidden: [...new Set(hidden)], widths };
}

/** The list's address with a view, a segment and a contact; `new`: with the dialog that adds one. */
export function listAddress(
  { view, segment }: { view: string | null; segment: string | null },
  contact: number | 'new' | null = null,
): string {
  const asked = new URLSearchParams();
  if (view !== null) asked.set('view', view);
  if (segment !== null) asked.set('segment', segment);
  const query = asked.toString();
  return `/contacts${contact === null ? '' : `/${contact}`}${query === '' ? '' : `?${query}`}`;
}
