import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { desktop } from '#renderer/platform/desktop.ts';
import { openFile } from '#renderer/platform/open-file.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { useUiState } from '#renderer/ui/ui-state.ts';
import type { DesktopCommand } from '#shared/desktop/desktop-contract.ts';
import { newSegment } from './commands.tsx';
import { pages } from './pages.ts';
import { openPalette } from './palette.tsx';
import { hasFeature } from './routes.tsx';
import { openShortcuts, openSync } from './shell-state.ts';

const SEQUENCE_MS = 1200;
const importExtensions = ['csv', 'tsv', 'txt', 'gz'];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null;

type Navigate = (path: string) => void;

/** What each item of the desktop app's menu does here. */
const desktopCommands: Record<DesktopCommand, (navigate: Navigate) => void> = {
  'palette.open': openPalette,
  'settings.open': (navigate) => navigate('/settings'),
  'sync.open': openSync,
  'sync.now': () => void data.syncNow().catch((error: unknown) => notifyError('Sync did not finish', error)),
  'home.open': (navigate) => navigate('/'),
  'contacts.open': (navigate) => navigate('/contacts'),
  'segments.open': (navigate) => navigate('/segments'),
  'segment.new': (navigate) => newSegment({ data, navigate }),
  'import.open': (navigate) =>
    void openFile('Tables', importExtensions).then(
      (chosen) => (chosen ? navigate('/imports') : undefined),
      (error: unknown) => notifyError('The file was not opened', error),
    ),
  'history.back': () => window.history.back(),
  'history.forward': () => window.history.forward(),
  'shortcuts.open': openShortcuts,
};

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

  useEffect(() => desktop()?.onCommand((command) => desktopCommands[command]((path) => go.current(path))), []);
}
