import type { MantineColorScheme } from '@mantine/core';
import {
  IconDeviceDesktop,
  IconFileImport,
  IconFilterPlus,
  IconHandStop,
  IconKeyboard,
  IconLayoutSidebar,
  IconLogout,
  IconMoon,
  IconRefresh,
  IconSun,
  type TablerIcon,
} from '@tabler/icons-react';
import type { DataApi } from '#renderer/data/data-api.ts';
import { signOut } from '#renderer/parts/sign-out.ts';
import { stopAllSending } from '#renderer/parts/stop-sending.ts';
import type { Format } from '#renderer/ui/format.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { useUiState } from '#renderer/ui/ui-state.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { fold } from '#shared/kernel/fold.ts';
import { openShortcuts, openSync } from './shell-state.ts';

export type CommandContext = {
  navigate: (path: string) => void;
  format: Format;
  setColorScheme: (scheme: MantineColorScheme) => void;
  data: DataApi;
};
export type Command = {
  id: string;
  label: string;
  /** Other words people look for. */
  words: string;
  icon: TablerIcon;
  hint?: string;
  run: (context: CommandContext) => void;
};

/** Every word typed is part of the text, whatever its case. */
export function matches(text: string, query: string): boolean {
  const folded = fold(text);
  return fold(query)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** Makes an empty segment and opens it. */
export function newSegment({ data, navigate }: Pick<CommandContext, 'data' | 'navigate'>): void {
  data
    .saveDocument('segment', null, {
      name: 'New segment',
      description: '',
      rule: { type: 'all', rules: [] },
      createdAt: clock(),
    })
    .then(
      (id) => navigate(`/segments/${id}`),
      (error: unknown) => notifyError('The segment was not made', error),
    );
}

/** What the palette can do besides finding. */
export const commands: readonly Command[] = [
  {
    id: 'import',
    label: 'Import a file',
    words: 'csv contacts orders upload',
    icon: IconFileImport,
    run: ({ navigate }) => navigate('/imports'),
  },
  { id: 'new-segment', label: 'New segment', words: 'create filter group', icon: IconFilterPlus, run: newSegment },
  { id: 'sync', label: 'Open sync', words: 'status waiting offline', icon: IconRefresh, run: openSync },
  {
    id: 'sync-now',
    label: 'Sync now',
    words: 'refresh update server',
    icon: IconRefresh,
    run: ({ data }) => {
      data.syncNow().catch((error: unknown) => notifyError('Sync did not finish', error));
    },
  },
  {
    id: 'stop-sending',
    label: 'Stop all sending',
    words: 'pause halt emergency campaigns',
    icon: IconHandStop,
    run: ({ format }) => void stopAllSending(format),
  },
  {
    id: 'light',
    label: 'Light appearance',
    words: 'theme colour mode',
    icon: IconSun,
    run: ({ setColorScheme }) => setColorScheme('light'),
  },
  {
    id: 'dark',
    label: 'Dark appearance',
    words: 'theme colour mode night',
    icon: IconMoon,
    run: ({ setColorScheme }) => setColorScheme('dark'),
  },
  {
    id: 'auto',
    label: 'Appearance of the system',
    words: 'theme auto light dark',
    icon: IconDeviceDesktop,
    run: ({ setColorScheme }) => setColorScheme('auto'),
  },
  {
    id: 'rail',
    label: 'Collapse or show the rail',
    words: 'sidebar navigation',
    icon: IconLayoutSidebar,
    hint: '[',
    run: () => useUiState.getState().toggleRail(),
  },
  { id: 'keys', label: 'Keyboard shortcuts', words: 'help keys', icon: IconKeyboard, hint: '?', run: openShortcuts },
  { id: 'sign-out', label: 'Sign out', words: 'log out leave', icon: IconLogout, run: () => void signOut() },
];
