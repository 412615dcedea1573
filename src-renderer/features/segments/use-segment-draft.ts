import { useCallback, useEffect, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import { useBeforeLeaving } from '#renderer/ui/use-before-leaving.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { useUndo } from '#renderer/ui/use-undo.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { type Rule, type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import { type DraftGroup, toDraft, toRule } from './draft-tree.ts';

const SAVE_AFTER_MS = 400;

/**
 * One text for one draft: the schema puts the keys in its own order. A segment not yet complete stays as it is. What is
 * published is not part of it: publishing elsewhere is no change of the draft.
 */
function textOf(segment: Segment): string {
  const draft = { ...segment, live: null };
  const checked = segmentSchema.safeParse(draft);
  return JSON.stringify(checked.success ? checked.data : draft);
}

/**
 * What campaigns use once the draft says `rule`. A segment that was never published is used as it stands; from the first
 * edit on while a campaign waits to use it, they keep what they had until somebody publishes.
 */
function liveOf(stored: Segment, rule: Rule, inUse: boolean): Segment['live'] {
  if (stored.live !== null || !inUse || equalJson(rule, stored.rule)) return stored.live;
  return { rule: stored.rule, publishedAt: clock(), publishedBy: null };
}

export type SegmentDraft = { name: string; description: string; root: DraftGroup };

/**
 * A segment being edited: with undo, saved on this device shortly after the last change. A change from elsewhere is
 * taken over when nothing of one's own is open; otherwise one's own text wins and the merge happens in the sync.
 */
export function useSegmentDraft(doc: Doc, segment: Segment, inUse: boolean) {
  const lastKey = useRef(0);
  const nextKey = useCallback(() => ++lastKey.current, []);
  const toState = (from: Segment): SegmentDraft => ({
    name: from.name,
    description: from.description,
    root: toDraft(from.rule, nextKey),
  });
  const [initial] = useState(() => toState(segment));
  const history = useUndo(initial);
  const { value: draft, replace } = history;
  const [problem, setProblem] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);

  const rule = toRule(draft.root);
  const body = textOf({
    name: draft.name,
    description: draft.description,
    rule,
    createdAt: segment.createdAt,
    live: null,
  });
  const latest = useRef({ segment, inUse });
  latest.current = { segment, inUse };
  const stored = textOf(segment);
  /** What this screen knows to be stored, and the last copy it saw: a copy that is neither came from elsewhere. */
  const agreed = useRef(body);
  const seen = useRef(stored);

  const save = useCallback(
    async (text: string) => {
      const checked = segmentSchema.safeParse(JSON.parse(text));
      if (!checked.success) {
        setProblem(checked.error.issues[0]?.message ?? 'complete the rule');
        return;
      }
      try {
        const { segment: known, inUse: used } = latest.current;
        const base = { ...JSON.parse(agreed.current), live: known.live };
        agreed.current = text;
        const live = liveOf(known, checked.data.rule, used);
        await data.saveDocument('segment', doc.id, { ...checked.data, live }, base);
        setProblem(null);
      } catch (error) {
        setProblem(describeError(error).message);
      } finally {
        setSaving(false);
      }
    },
    [doc.id],
  );

  const open = useRef<string | null>(null);
  useEffect(() => {
    if (body === agreed.current) {
      // Undone before it was stored.
      open.current = null;
      setSaving(false);
      setProblem(null);
      return;
    }
    open.current = body;
    setSaving(true);
    const timer = window.setTimeout(() => {
      open.current = null;
      void save(body);
    }, SAVE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [body, save]);
  // Leaving the screen, or the page, saves what the timer has not.
  const flush = useCallback(() => {
    if (open.current !== null) void save(open.current);
    open.current = null;
  }, [save]);
  useBeforeLeaving(flush);
  useEffect(() => flush, [flush]);

  useEffect(() => {
    if (stored === seen.current) return;
    seen.current = stored;
    if (open.current !== null || stored === agreed.current) return;
    agreed.current = stored;
    replace({ name: segment.name, description: segment.description, root: toDraft(segment.rule, nextKey) });
  }, [stored, segment, replace, nextKey]);

  const publish = async (publishedBy: string | null) => {
    const next = segmentSchema.parse({ ...JSON.parse(body), live: { rule, publishedAt: clock(), publishedBy } });
    const base = { ...JSON.parse(agreed.current), live: segment.live };
    open.current = null;
    agreed.current = body;
    await data.saveDocument('segment', doc.id, next, base);
  };

  return {
    ...history,
    draft,
    rule,
    publish,
    /** Back to what is published; undo brings the draft back. */
    discard: () => {
      if (segment.live) history.set({ ...draft, root: toDraft(segment.live.rule, nextKey) });
    },
    nextKey,
    problem,
    saving: saving && problem === null,
    abandon: () => {
      open.current = null;
      agreed.current = body;
    },
  };
}
