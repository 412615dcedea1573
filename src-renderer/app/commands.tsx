import type { MantineColorScheme } from '@mantine/core';
import {
  IconActivity,
  IconCloud,
  IconDeviceDesktop,
  IconDevices,
  IconFileExport,
  IconFileImport,
  IconFilterPlus,
  IconGitMerge,
  IconHandStop,
  IconKeyboard,
  IconLayoutSidebar,
  IconLogout,
  IconMoon,
  IconRefresh,
  IconSun,
  IconUserPlus,
  IconUsers,
  type TablerIcon,
} from '@tabler/icons-react';
import type { DataApi } from '#renderer/data/data-api.ts';
import { exportWaiting } from '#renderer/parts/export-waiting.ts';
import { signOut } from '#renderer/parts/sign-out.ts';
import { stopAllSending } from '#renderer/parts/stop-sending.ts';
import { mayNow } from '#renderer/parts/use-can.ts';
import type { Format } from '#renderer/ui/format.ts';
import { notifyError } from '#renderer/ui/notify.ts';
import { useUiState } from '#renderer/ui/ui-state.ts';
import { clock } from '#renderer/ui/use-now.ts';
import type { Right } from '#shared/account/roles.ts';
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
  /** Not offered to a role without it, or without all of them. */
  needs?: Right | readonly Right[];
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
const commands: readonly Command[] = [
  {
    id: 'import',
    label: 'Import a file',
    words: 'csv contacts orders upload',
    icon: IconFileImport,
    needs: 'import',
    run: ({ navigate }) => navigate('/imports'),
  },
  {
    id: 'add-contact',
    label: 'Add contact',
    words: 'new person customer create by hand',
    icon: IconUserPlus,
    needs: ['editContacts', 'readPersonal'],
    run: ({ navigate }) => navigate('/contacts/new'),
  },
  {
    id: 'new-segment',
    label: 'New segment',
    words: 'create filter group',
    icon: IconFilterPlus,
    needs: 'edit',
    run: newSegment,
  },
  {
    id: 'live-events',
    label: 'Live events',
    words: 'stream incoming newest tracking debug',
    icon: IconActivity,
    run: ({ navigate }) => navigate('/events/live'),
  },
  {
    id: 'sync-screen',
    label: 'Sync: what is here, what waits, what others changed',
    words: 'offline storage device local data export re-download',
    icon: IconCloud,
    run: ({ navigate }) => navigate('/sync'),
  },
  {
    id: 'review',
    label: 'Review versions that gave way',
    words: 'conflict merge refused',
    icon: IconGitMerge,
    run: ({ navigate }) => navigate('/sync/review'),
  },
  {
    id: 'export-waiting',
    label: 'Export waiting changes',
    words: 'save file unsent',
    icon: IconFileExport,
    run: () => void exportWaiting(),
  },
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
    needs: 'send',
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
    label: 'Make the sidebar small, or show it',
    words: 'rail collapse navigation',
    icon: IconLayoutSidebar,
    hint: '[',
    run: () => useUiState.getState().toggleRail(),
  },
  { id: 'keys', label: 'Keyboard shortcuts', words: 'help keys', icon: IconKeyboard, hint: '?', run: openShortcuts },
  {
    id: 'devices',
    label: 'Devices',
    words: 'sign out laptop lost stolen',
    icon: IconDevices,
    run: ({ navigate }) => navigate('/settings/devices'),
  },
  {
    id: 'members',
    label: 'Members and roles',
    words: 'people team invite user administrator',
    icon: IconUsers,
    run: ({ navigate }) => navigate('/settings/members'),
  },
  { id: 'sign-out', label: 'Sign out', words: 'log out leave', icon: IconLogout, run: () => void signOut() },
];

/** The commands the person's role allows. */
export const allowedCommands = (): Command[] => commands.filter(({ needs = [] }) => [needs].flat().every(mayNow));
