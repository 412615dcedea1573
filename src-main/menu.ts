import type { MenuItemConstructorOptions } from 'electron';
import type { DesktopCommand } from '#shared/desktop/desktop-contract.ts';

export type MenuActions = {
  command: (command: DesktopCommand) => void;
  showLog: () => void;
  /** Null where nobody said where to look for newer versions. */
  checkForUpdates: (() => void) | null;
};
export type MenuHost = { platform: NodeJS.Platform; packaged: boolean };

const separator = { type: 'separator' } as const;

/** The native menu. Its shortcuts are the page's own, so both hosts feel alike. */
export function buildMenu({ platform, packaged }: MenuHost, actions: MenuActions): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const item = (label: string, command: DesktopCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator ? { accelerator } : {}),
    click: () => actions.command(command),
  });
  const settings = item('Settings…', 'settings.open', 'CmdOrCtrl+,');
  const { checkForUpdates } = actions;
  const updates: MenuItemConstructorOptions[] = checkForUpdates
    ? [{ label: 'Check for updates…', click: () => checkForUpdates() }]
    : [];
  const appMenu: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      ...updates,
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  return [
    ...(mac ? [appMenu] : []),
    {
      label: 'File',
      submenu: [
        item('New segment', 'segment.new', 'CmdOrCtrl+Shift+S'),
        item('Import a file…', 'import.open', 'CmdOrCtrl+O'),
        separator,
        item('Sync now', 'sync.now', 'CmdOrCtrl+Shift+R'),
        separator,
        ...(mac ? [] : [settings, separator]),
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Go',
      submenu: [
        item('Find anything', 'palette.open', 'CmdOrCtrl+K'),
        separator,
        item('Back', 'history.back', mac ? 'Cmd+[' : 'Alt+Left'),
        item('Forward', 'history.forward', mac ? 'Cmd+]' : 'Alt+Right'),
        separator,
        item('Home', 'home.open', 'CmdOrCtrl+Shift+H'),
        item('Contacts', 'contacts.open', 'CmdOrCtrl+Shift+C'),
        item('Segments', 'segments.open', 'CmdOrCtrl+Shift+G'),
        item('Sync', 'sync.open', 'CmdOrCtrl+Shift+Y'),
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        // A reload ends an upload under way, and the tools are a way into the page: both are for developers.
        ...(packaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        item('Keyboard shortcuts', 'shortcuts.open', 'F1'),
        { label: 'Show the log', click: () => actions.showLog() },
        ...(mac ? [] : [separator, ...updates, { role: 'about' } as const]),
      ],
    },
  ];
}
