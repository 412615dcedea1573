import { useCallback, useEffect, useRef, useState } from 'react';
import type { Doc } from '#renderer/data/data-api.ts';
import { useBeforeLeaving } from '#renderer/ui/use-before-leaving.ts';

export type Autosave<T> = {
  body: T;
  edit: (change: Partial<T> | ((old: T) => T)) => void;
  saving: boolean;
  /** Why it cannot be stored as it is. */
  problem: string | null;
  /** Stores at once what is not stored yet; for what must see the newest text. */
  flush: () => Promise<void>;
};

type Options<T> = {
  /** Stores the text; `base` is the one it grew from. */
  save: (body: T, base: T) => Promise<unknown>;
  /** Words for a body that cannot be stored, such as an empty name; null when it can. */
  problemOf: (body: T) => string | null;
};

const REST_MS = 350;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/**
 * A document's body while it is edited. It is stored when the typing rests, when the screen is left and when the page is
 * hidden; a change from another device is taken over while nothing here is unsaved.
 */
export function useAutosave<T extends object>(doc: Doc<T>, { save, problemOf }: Options<T>): Autosave<T> {
  const [body, setBody] = useState(doc.body);
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const latest = useRef({ body, dirty: false, stored: doc.body, own: new Set<string>(), save, problemOf, timer: 0 });

  useEffect(() => {
    latest.current.save = save;
    latest.current.problemOf = problemOf;
  });

  const flush = useCallback(async () => {
    const state = latest.current;
    window.clearTimeout(state.timer);
    if (!state.dirty || state.problemOf(state.body) !== null) return;
    const writing = state.body;
    const before = state.stored;
    state.dirty = false;
    state.stored = writing;
    state.own.add(JSON.stringify(before)).add(JSON.stringify(writing));
    try {
      await state.save(writing, before);
      setFailure(null);
    } catch (error) {
      state.dirty = true;
      state.stored = before;
      setFailure(error instanceof Error ? error.message : 'this device could not store it');
    } finally {
      if (!state.dirty) setSaving(false);
    }
  }, []);

  const edit = useCallback(
    (change: Partial<T> | ((old: T) => T)) => {
      const state = latest.current;
      const next = typeof change === 'function' ? change(state.body) : { ...state.body, ...change };
      if (same(next, state.body)) return;
      state.body = next;
      state.dirty = true;
      setBody(next);
      setSaving(true);
      window.clearTimeout(state.timer);
      state.timer = window.setTimeout(() => void flush(), REST_MS);
    },
    [flush],
  );

  useEffect(() => {
    const state = latest.current;
    if (same(doc.body, state.stored)) {
      state.own.clear();
      return;
    }
    // An answer that was overtaken brings back what was here a moment ago: that is no change from elsewhere.
    if (state.dirty || state.own.has(JSON.stringify(doc.body))) return;
    state.stored = doc.body;
    state.body = doc.body;
    setBody(doc.body);
  }, [doc.body]);

  useBeforeLeaving(flush);
  useEffect(() => () => void flush(), [flush]);

  return { body, edit, saving, problem: problemOf(body) ?? failure, flush };
}
