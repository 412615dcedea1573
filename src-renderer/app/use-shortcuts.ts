import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { desktop } from '#renderer/platform/desktop.ts';
import { useUiState } from '#renderer/ui/ui-state.ts';
import { newSegment } from './commands.tsx';
import { pages } from './pages.ts';
import { openPalette } from './palette.tsx';
import { hasFeature } from './routes.tsx';
import { openShortcuts, openSync } from './shell-state.ts';

const SEQUENCE_MS = 1200;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null;

/** Keys that work everywhere: G and a letter to go, [ for the rail, ? for help; and the desktop menu's commands. */
export function useShortcuts(): void {
  const [, navigate] = useLocation();
  const go = useRef(navigate);
  useEffect(() => {
    go.current = navigate;
  });

  useEffect(() => {
    let goAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (event.timeStamp - goAt < SEQUENCE_MS) {
        goAt = Number.NEGATIVE_INFINITY;
        const page = pages.find((candidate) => candidate.key === key && hasFeature(candidate.feature));
        if (!page) return;
        event.preventDefault();
        go.current(page.path);
      } else if (key === 'g') goAt = event.timeStamp;
      else if (key === '[') useUiState.getState().toggleRail();
      else if (key === '?') openShortcuts();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  useEffect(
    () =>
      desktop()?.onCommand((command) => {
        if (command === 'palette.open') openPalette();
        else if (command === 'settings.open') go.current('/settings');
        else if (command === 'sync.open') openSync();
        else if (command === 'contacts.open') go.current('/contacts');
        else newSegment({ data, navigate: (path) => go.current(path) });
      }),
    [],
  );
}
