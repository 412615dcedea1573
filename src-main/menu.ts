import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { COMMAND_CHANNEL } from '#shared/desktop/channels.ts';
import type { DesktopCommand } from '#shared/desktop/desktop-contract.ts';

const send = (command: DesktopCommand) => () => {
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
  window?.webContents.send(COMMAND_CHANNEL, command);
};

/** The native menu. Its shortcuts are the page's own, so both hosts feel alike. */
export function buildMenu(platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        { label: 'New segment', accelerator: 'CmdOrCtrl+Shift+S', click: send('segment.new') },
        { type: 'separator' },
        { label: 'Settings', accelerator: 'CmdOrCtrl+,', click: send('settings.open') },
        { type: 'separator' },
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Go',
      submenu: [
        { label: 'Find anything', accelerator: 'CmdOrCtrl+K', click: send('palette.open') },
        { label: 'Contacts', accelerator: 'CmdOrCtrl+Shift+C', click: send('contacts.open') },
        { label: 'Sync', accelerator: 'CmdOrCtrl+Shift+Y', click: send('sync.open') },
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        { role: 'toggleDevTools' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
}

export function installMenu(): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(buildMenu(process.platform)));
}
