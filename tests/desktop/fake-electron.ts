import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/*
 * Stands in for the `electron` module where its binary cannot be had. Windows are pages of a real Chromium; a registered
 * scheme is served by a loopback HTTP server that turns each request into the Request protocol.handle would get and
 * streams the Response back; the built preload runs in the page before anything else. What it cannot prove (isolation,
 * the sandbox, origin rules of a custom scheme, the key chain, native menus and dialogs) is listed in ARCHITECTURE.md.
 */

type Handler = (request: Request) => Response | Promise<Response>;

export const fake = {
  browser: null as Browser | null,
  context: null as BrowserContext | null,
  userData: '',
  /** 'gnome_libsecret' or 'basic_text'. */
  keyring: 'gnome_libsecret',
  privileged: [] as { scheme: string; privileges: object }[],
  handlers: new Map<string, Handler>(),
  ipc: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
  menu: [] as MenuItem[],
  external: [] as string[],
  notifications: [] as { title: string; body: string }[],
  saveDialog: { canceled: true, filePath: '' },
  permissionRequest: null as
    | null
    | ((contents: unknown, permission: string, answer: (ok: boolean) => void, details: object) => void),
  permissionCheck: null as null | ((contents: unknown, permission: string, origin: string) => boolean),
  quits: 0,
  servers: [] as Server[],
  windows: [] as BrowserWindow[],
};

export type MenuItem = {
  label?: string;
  role?: string;
  accelerator?: string;
  click?: () => void;
  submenu?: MenuItem[];
};

/** app://bundle/x ⇄ http://bundle.localhost:PORT/x */
const hosts = new Map<string, string>();
const toReal = (url: string) => {
  for (const [own, real] of hosts) if (url === own || url.startsWith(`${own}/`)) return real + url.slice(own.length);
  return url;
};
const toOwn = (url: string) => {
  for (const [own, real] of hosts) if (url === real || url.startsWith(`${real}/`)) return own + url.slice(real.length);
  return url;
};

async function serveHost(scheme: string, host: string): Promise<void> {
  const own = `${scheme}://${host}`;
  if (hosts.has(own)) return;
  const server = createServer((incoming, outgoing) => {
    const aborted = new AbortController();
    outgoing.on('close', () => aborted.abort());
    const body =
      incoming.method === 'GET' || incoming.method === 'HEAD'
        ? undefined
        : (Readable.toWeb(incoming) as ReadableStream);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (typeof value === 'string' && name !== 'host' && name !== 'connection') headers.set(name, value);
    }
    // A plain object with Request's shape: Node's Request refuses the app scheme's streams in some cases.
    const request = new Request(`${own}${incoming.url ?? '/'}`, {
      method: incoming.method ?? 'GET',
      headers,
      signal: aborted.signal,
      ...(body ? { body, duplex: 'half' } : {}),
    });
    void (async () => {
      const handler = fake.handlers.get(scheme);
      const answer = handler ? await handler(request) : new Response('No handler', { status: 500 });
      if (answer.type === 'error') {
        outgoing.destroy();
        return;
      }
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
      if (!answer.body) outgoing.end();
      else
        Readable.fromWeb(answer.body as unknown as NodeReadableStream)
          .on('error', () => outgoing.destroy())
          .pipe(outgoing);
    })().catch((error: unknown) => {
      outgoing.writeHead(500);
      outgoing.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.servers.push(server);
  hosts.set(own, `http://${host}.localhost:${(server.address() as AddressInfo).port}`);
}

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
  requestSingleInstanceLock = () => true;
  quit = () => {
    fake.quits += 1;
  };
}
export const app = new App();

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
  },
};

export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const shell = {
  openExternal: async (url: string) => {
    fake.external.push(url);
  },
};
export const dialog = { showSaveDialog: async () => fake.saveDialog };
export const Menu = {
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu: (template: MenuItem[]) => {
    fake.menu = template;
  },
};
export class Notification {
  static isSupported = () => true;
  readonly #options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    this.#options = options;
  }
  show() {
    fake.notifications.push(this.#options);
  }
}

/** Runs in the page: the built preload with the two Electron parts it may use. */
function preloadScript(source: string): string {
  return `(() => {
    const listeners = new Map();
    window.__deliver = (channel, args) => (listeners.get(channel) ?? []).forEach((listener) => listener({}, ...args));
    const electron = {
      ipcRenderer: {
        invoke: (channel, ...args) => window.__invoke(channel, args),
        on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
        removeListener: (channel, listener) => listeners.set(channel, (listeners.get(channel) ?? []).filter((l) => l !== listener)),
      },
      contextBridge: { exposeInMainWorld: (name, api) => { Object.defineProperty(window, name, { value: Object.freeze(api) }); } },
    };
    const require = (name) => { if (name === 'electron') return electron; throw new Error('sandboxed preload: no ' + name); };
    const module = { exports: {} };
    (function (require, module, exports, process) {${source}\n})(require, module, module.exports, { platform: 'linux', env: {} });
  })();`;
}

class WebContents extends EventEmitter {
  openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'deny' });
  readonly page: () => Page;
  constructor(page: () => Page) {
    super();
    this.page = page;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler;
  }
  send(channel: string, ...args: unknown[]) {
    void this.page().evaluate(
      ([name, values]) =>
        (window as unknown as { __deliver: (c: string, a: unknown[]) => void }).__deliver(name, values),
      [channel, args] as [string, unknown[]],
    );
  }
}

type WindowOptions = { width: number; height: number; webPreferences: Record<string, unknown> & { preload: string } };

export class BrowserWindow extends EventEmitter {
  static getAllWindows = () => fake.windows;
  static getFocusedWindow = () => fake.windows.at(-1) ?? null;
  readonly options: WindowOptions;
  readonly webContents: WebContents;
  page: Page | null = null;
  loaded: Promise<void> = Promise.resolve();

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.webContents = new WebContents(() => {
      if (!this.page) throw new Error('The window has no page yet');
      return this.page;
    });
    fake.windows.push(this);
  }

  loadURL(url: string) {
    this.loaded = this.#open(url);
    return this.loaded;
  }

  async #open(url: string) {
    const parsed = new URL(url);
    await serveHost(parsed.protocol.replace(':', ''), parsed.host);
    if (!fake.context) throw new Error('The test gave no browser context');
    const page = await fake.context.newPage();
    this.page = page;
    await page.setViewportSize({ width: this.options.width, height: this.options.height });
    await page.exposeBinding('__invoke', ({ frame }, channel: string, args: unknown[]) => {
      const listener = fake.ipc.get(channel);
      if (!listener) throw new Error(`No handler for ${channel}`);
      const senderFrame = { url: toOwn(frame.url()), parent: frame.parentFrame() };
      return listener({ senderFrame }, ...structuredClone(args));
    });
    await page.addInitScript(
      preloadScript(readFileSync(join(import.meta.dirname, '../../out/preload/preload.cjs'), 'utf8')),
    );
    await page.route('**/*', async (route) => {
      const request = route.request();
      if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return route.continue();
      let prevented = false;
      const event = {
        preventDefault: () => {
          prevented = true;
        },
      };
      if (page.url() !== 'about:blank') {
        const name = request.redirectedFrom() ? 'will-redirect' : 'will-navigate';
        this.webContents.emit(name, event as never, toOwn(request.url()) as never);
      }
      // 204 leaves the page where it is, as a prevented navigation does.
      return prevented ? route.fulfill({ status: 204 }) : route.continue();
    });
    page.on('popup', (popup) => {
      void popup.waitForURL(/./).then(() => popup.close());
    });
    await page.exposeBinding(
      '__open',
      (_source, target: string) => this.webContents.openHandler({ url: toOwn(target) }).action,
    );
    // Electron asks the handler before a window exists; a page in Chromium can only be told so.
    await page.addInitScript(() => {
      window.open = (target) => {
        void (window as unknown as { __open: (u: string) => void }).__open(new URL(String(target), location.href).href);
        return null;
      };
    });
    await page.goto(toReal(url));
    this.emit('ready-to-show');
  }

  maximize() {
    this.options.width = 1920;
  }
  isMaximized = () => false;
  isMinimized = () => false;
  restore() {
    this.emit('restore');
  }
  focus() {
    this.emit('focus');
  }
  show() {
    this.emit('show');
  }
  getNormalBounds = () => ({ x: 10, y: 20, width: this.options.width, height: this.options.height });
  override emit(name: string, ...args: never[]) {
    return super.emit(name, ...args);
  }

  async close() {
    this.emit('close');
    await this.page?.close();
    fake.windows = fake.windows.filter((window) => window !== this);
    this.emit('closed');
    if (fake.windows.length === 0) app.emit('window-all-closed');
  }
}

/** Stops everything the fake started. */
export async function disposeFake(): Promise<void> {
  for (const window of fake.windows) await window.page?.close();
  for (const server of fake.servers) {
    server.closeAllConnections();
    server.close();
  }
  await fake.browser?.close();
}
