import { useCallback, useEffect, useRef, useState } from 'react';
import { clock } from './use-now.ts';

export type Undo<T> = {
  value: T;
  /** Edits made quickly under the same `group` (typing in one field) are undone together. */
  set: (next: T, group?: string) => void;
  /** Takes a value from outside (another device) without a step to undo. */
  replace: (next: T) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
};

type History<T> = { past: T[]; present: T; future: T[]; group: string | null; at: number };

const LIMIT = 200;
const GROUP_MS = 1000;

/** A value with undo and redo on Ctrl/⌘ Z and Shift Ctrl/⌘ Z (or Ctrl Y). */
export function useUndo<T>(initial: T): Undo<T> {
  const [history, setHistory] = useState<History<T>>({ past: [], present: initial, future: [], group: null, at: 0 });

  const set = useCallback((next: T, group?: string) => {
    const at = clock();
    setHistory((old) => {
      const same = group !== undefined && group === old.group && at - old.at < GROUP_MS;
      const past = same ? old.past : [...old.past, old.present].slice(-LIMIT);
      return { past, present: next, future: [], group: group ?? null, at };
    });
  }, []);
  const replace = useCallback((next: T) => setHistory((old) => ({ ...old, present: next, group: null })), []);
  const undo = useCallback(() => {
    setHistory((old) => {
      const last = old.past.at(-1);
      if (old.past.length === 0 || last === undefined) return old;
      return { past: old.past.slice(0, -1), present: last, future: [old.present, ...old.future], group: null, at: 0 };
    });
  }, []);
  const redo = useCallback(() => {
    setHistory((old) => {
      const [next, ...future] = old.future;
      if (next === undefined) return old;
      return { past: [...old.past, old.present], present: next, future, group: null, at: 0 };
    });
  }, []);

  const actions = useRef({ undo, redo });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      // A code editor keeps its own history.
      if (event.target instanceof Element && event.target.closest('.cm-editor, [data-own-undo]')) return;
      if (key === 'z' && !event.shiftKey) {
        event.preventDefault();
        actions.current.undo();
      } else if ((key === 'z' && event.shiftKey) || key === 'y') {
        event.preventDefault();
        actions.current.redo();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return {
    value: history.present,
    set,
    replace,
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}
