import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import { desktopCommands } from '#shared/desktop/desktop-contract.ts';
import { buildMenu, type MenuHost } from './menu.ts';

const flat = (items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

function menu(host: Partial<MenuHost> = {}, checkForUpdates: (() => void) | null = null) {
  const command = vi.fn();
  const items = flat(
    buildMenu({ platform: 'linux', packaged: true, ...host }, { command, showLog: () => undefined, checkForUpdates }),
  );
  const click = (item: MenuItemConstructorOptions) => (item.click as (() => void) | undefined)?.();
  return { items, command, click };
}

/** What Electron gives the roles that are used. */
const roleKeys: Record<string, string[]> = {
  resetZoom: ['CmdOrCtrl+0'],
  zoomIn: ['CmdOrCtrl+Plus'],
  zoomOut: ['CmdOrCtrl+-'],
  reload: ['CmdOrCtrl+R'],
  toggleDevTools: ['CmdOrCtrl+Shift+I'],
  quit: ['CmdOrCtrl+Q'],
  close: ['CmdOrCtrl+W'],
  hide: ['Cmd+H'],
  togglefullscreen: ['F11'],
  editMenu: ['CmdOrCtrl+Z', 'CmdOrCtrl+Shift+Z', 'CmdOrCtrl+X', 'CmdOrCtrl+C', 'CmdOrCtrl+V', 'CmdOrCtrl+A'],
  windowMenu: ['CmdOrCtrl+M'],
};

test.each(['linux', 'win32', 'darwin'] as const)(
  'on %s every command has its place and no key means two things',
  (platform) => {
    const { items, command, click } = menu({ platform, packaged: false });
    const keys = items.flatMap(({ accelerator, role }) => [
      ...(accelerator ? [String(accelerator)] : []),
      ...(role ? (roleKeys[role] ?? []) : []),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    for (const item of items) click(item);
    expect(command.mock.calls.map(([name]) => name).sort()).toEqual([...desktopCommands].sort());
  },
);

test('every group is there: file, edit, go, view, window, help', () => {
  const roots = (platform: NodeJS.Platform) =>
    buildMenu(
      { platform, packaged: true },
      { command: () => undefined, showLog: () => undefined, checkForUpdates: null },
    ).map(({ label, role }) => label ?? role);
  expect(roots('linux')).toEqual(['File', 'editMenu', 'Go', 'View', 'windowMenu', 'help']);
  expect(roots('darwin')).toEqual(['appMenu', 'File', 'editMenu', 'Go', 'View', 'windowMenu', 'help']);
});

test('reload and the developer tools are for developers', () => {
  const roles = (packaged: boolean) => menu({ packaged }).items.map(({ role }) => role);
  expect(roles(false)).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']));
  for (const role of ['reload', 'forceReload', 'toggleDevTools']) expect(roles(true)).not.toContain(role);
});

test('updates can be asked for only where there is a feed', () => {
  const label = 'Check for updates…';
  expect(menu().items.some((item) => item.label === label)).toBe(false);
  const check = vi.fn();
  for (const platform of ['linux', 'darwin'] as const) {
    const { items, click } = menu({ platform }, check);
    click(items.find((item) => item.label === label) ?? {});
  }
  expect(check).toHaveBeenCalledTimes(2);
});
