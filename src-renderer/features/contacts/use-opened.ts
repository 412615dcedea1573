/** What the address of the list names: a view, a segment, a tag. */
import { useEffect, useLayoutEffect, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { tagListId } from '#shared/contact/tag.schema.ts';
import type { View } from '#shared/contact/view.schema.ts';
import { type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import { plainly, useListState } from './list-state.ts';
import type { LaidOut } from './use-column-layout.ts';
import { narrowingOfView, useViews, type ViewDoc } from './views.ts';

/** The segment (?segment=…) whose people are listed. */
export function useOpenedSegment(): { id: string | null; segment: Segment | null } {
  const id = new URLSearchParams(useSearch()).get('segment');
  const found = useLive(() => (id === null ? Promise.resolve(null) : data.document(id)), [id], ['documents']);
  const body = found.value?.body;
  const segment = useMemo(() => {
    if (body === undefined) return null;
    const parsed = segmentSchema.safeParse(body);
    return parsed.success ? parsed.data : null;
  }, [body]);
  return { id, segment };
}

/** The view (?view=…); one that is gone, or not shared any more, gives way to everybody. */
export function useOpenedView(): { id: string | null; view: ViewDoc | null } {
  const id = new URLSearchParams(useSearch()).get('view');
  const [, navigate] = useLocation();
  const views = useViews();
  const view = views?.find((one) => one.id === id) ?? null;
  const missing = id !== null && views !== undefined && view === null ? id : null;
  useEffect(() => {
    if (missing === null) return;
    let ended = false;
    // One that was saved a moment ago is there before the list of views hears of it.
    data.document(missing).then(
      (doc) => {
        if (!ended && doc === null) navigate('/contacts', { replace: true });
      },
      (error: unknown) => console.warn('The view could not be looked for', error),
    );
    return () => {
      ended = true;
    };
  }, [missing, navigate]);
  return { id, view };
}

/** Narrows the list as the view says, or as it was left; then as the address asks for a tag. Answers the view's columns. */
export function useOpenView(id: string | null, view: View | null): LaidOut | null {
  const tag = new URLSearchParams(useSearch()).get('tag');
  const [, navigate] = useLocation();
  useLayoutEffect(() => {
    if (id === null || view) useListState.getState().open(id ?? '', narrowingOfView(view));
    if (tag === null) return;
    useListState.getState().reset({ ...plainly, leaves: [{ type: 'membership', list: tagListId(tag), op: 'in' }] });
    navigate('/contacts', { replace: true });
  }, [id, view, tag, navigate]);
  return useMemo(
    () =>
      id !== null && view ? { id, layout: { order: view.order, hidden: view.hidden, widths: view.widths } } : null,
    [id, view],
  );
}
