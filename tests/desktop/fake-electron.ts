import { EventEmitter } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { FakeProcess } from './fake-process.ts';
import { fake, type Handler, type MenuItem } from './fake-state.ts';
import { FakeWindow } from './fake-window.ts';

/*
 * Stands in for the `electron` module where its binary cannot be had. Windows are pages of a real Chromium; a registered
 * scheme is served by a loopback HTTP server that turns each request into the Request protocol.handle would get and
 * streams the Response back; the built preload runs in the page before anything else; a utility process is a Node of its
 * own. What it cannot prove (isolation, the sandbox, origin rules of a custom scheme, the key chain, native menus and
 * dialogs) is listed in ARCHITECTURE.md.
 */

export const BrowserWindow = FakeWindow;

export const protocol = {
  registerSchemesAsPrivileged: (schemes: { scheme: string; privileges: object }[]) => {
    fake.privileged.push(...schemes);
  },
  handle: (scheme: string, handler: Handler) => {
    fake.handlers.set(scheme, handler);
  },
};

class App extends EventEmitter {
  whenReady = async () => undefined;
  getPath = () => fake.userData;
  getAppPath = () => fake.userData;
  getVersion = () => fake.version;
  getName = () => 'muster';
  get isPackaged() {
    return fake.packaged;
  }
  requestSingleInstanceLock = () => true;
  setAsDefaultProtocolClient = (scheme: string) => fake.protocolClients.push(scheme);
  quit = () => {
    let prevented = false;
    this.emit('will-quit', {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) fake.quits += 1;
  };
}
export const app = new App();
fake.app = app;

export const ipcMain = {
  handle: (channel: string, listener: (event: unknown, ...args: unknown[]) => unknown) => {
    fake.ipc.set(channel, listener);
  },
};

export const safeStorage = {
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => fake.keyring,
  encryptString: (text: string) => Buffer.from(text, 'utf8').map((byte) => byte ^ 0x5a),
  decryptString: (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString('utf8'),
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: typeof fake.permissionRequest) => {
      fake.permissionRequest = handler;
    },
    setPermissionCheckHandler: (handler: typeof fake.permissionCheck) => {
      fake.permissionCheck = handler;
    },
    setDevicePermissionHandler: (handler: typeof fake.devicePermission) => {
      fake.devicePermission = handler;
    },
  },
  fromPartition: () => ({}),
};

/** Electron's requests have Node's shape; the session that comes along is Electron's own. */
export const net = {
  request: ({ session: _session, ...options }: RequestOptions & { session?: unknown }) => request(options),
};

export const screen = {
  getAllDisplays: () => fake.displays,
  getPrimaryDisplay: () => fake.displays[0],
};
export const shell = {
  openExternal: async (url: string) => {
    fake.external.push(url);
  },
  showItemInFolder: (path: string) => {
    fake.shownInFolder.push(path);
  },
};
export const dialog = {
  showSaveDialog: async () => fake.saveDialog,
  showOpenDialog: async () => fake.openDialog,
  showMessageBox: async (...args: unknown[]) => {
    fake.asked.push(args.at(-1) as (typeof fake.asked)[number]);
    return { response: fake.answers.shift() ?? 1 };
  },
};
export const Menu = {
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu: (template: MenuItem[]) => {
    fake.menu = template;
  },
};
export class Notification extends EventEmitter {
  static isSupported = () => true;
  readonly #options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.#options = options;
  }
  show() {
    fake.notifications.push({ ...this.#options, click: () => this.emit('click') });
  }
}

export const utilityProcess = {
  fork(module: string, args: string[], options: { env: Record<string, string> }) {
    const child = new FakeProcess(module, args, options);
    fake.processes.push(child);
    return child;
  },
};
