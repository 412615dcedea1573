import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Browser, BrowserContext } from 'playwright-core';
import type { FakeProcess } from './fake-process.ts';
import type { FakeWindow } from './fake-window.ts';

export type Handler = (request: Request) => Response | Promise<Response>;

export type MenuItem = {
  label?: string;
  role?: string;
  accelerator?: string;
  click?: () => void;
  submenu?: MenuItem[];
};
type Asked = { message: string; detail?: string; buttons: string[] };
type Shown = { title: string; body: string; click: () => void };

/** What the fake Electron was told, and what it answers. */
export const fake = {
  browser: null as Browser | null,
  context: null as BrowserContext | null,
  /** Electron's `app`. */
  app: null as EventEmitter | null,
  userData: '',
  packaged: false,
  version: '0.1.0',
  /** 'gnome_libsecret' or 'basic_text'. */
  keyring: 'gnome_libsecret',
  displays: [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  privileged: [] as { scheme: string; privileges: object }[],
  protocolClients: [] as string[],
  handlers: new Map<string, Handler>(),
  ipc: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
  menu: [] as MenuItem[],
  external: [] as string[],
  shownInFolder: [] as string[],
  notifications: [] as Shown[],
  saveDialog: { canceled: true, filePath: '' },
  openDialog: { canceled: true, filePaths: [] as string[] },
  /** Questions asked in a message box, and the button each is answered with. */
  asked: [] as Asked[],
  answers: [] as number[],
  permissionRequest: null as
    | null
    | ((contents: unknown, permission: string, answer: (ok: boolean) => void, details: object) => void),
  permissionCheck: null as null | ((contents: unknown, permission: string, origin: string) => boolean),
  devicePermission: null as null | ((details: object) => boolean),
  quits: 0,
  servers: [] as Server[],
  windows: [] as FakeWindow[],
  processes: [] as FakeProcess[],
};
