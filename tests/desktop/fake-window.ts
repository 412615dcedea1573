import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { serveHost, toOwn, toReal } from './fake-hosts.ts';
import { fake } from './fake-state.ts';

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
  loading = true;
  readonly #page: () => Page;
  constructor(page: () => Page) {
    super();
    this.#page = page;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler;
  }
  isLoadingMainFrame = () => this.loading;
  reload() {
    void this.#page().reload();
  }
  send(channel: string, ...args: unknown[]) {
    void this.#page().evaluate(
      ([name, values]) =>
        (window as unknown as { __deliver: (c: string, a: unknown[]) => void }).__deliver(name, values),
      [channel, args] as [string, unknown[]],
    );
  }
}

export type WindowOptions = {
  x?: number;
  y?: number;
  width: number;
  height: number;
  webPreferences: Record<string, unknown> & { preload: string };
};

/** BrowserWindow as a page of a real Chromium. */
export class FakeWindow extends EventEmitter {
  static getAllWindows = () => fake.windows;
  static getFocusedWindow = () => fake.windows.at(-1) ?? null;
  readonly options: WindowOptions;
  readonly webContents: WebContents;
  page: Page | null = null;
  loaded: Promise<void> = Promise.resolve();
  minimized = false;
  focused = 0;
  bounds: { x: number; y: number; width: number; height: number };

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.bounds = { x: options.x ?? 10, y: options.y ?? 20, width: options.width, height: options.height };
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
    await page.addInitScript(preloadScript(readFileSync(this.options.webPreferences.preload, 'utf8')));
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
        this.webContents.emit(name, event, toOwn(request.url()));
      }
      // 204 leaves the page where it is, as a prevented navigation does.
      return prevented ? route.fulfill({ status: 204 }) : route.continue();
    });
    page.on('popup', (popup) => {
      void popup.waitForURL(/./).then(() => popup.close());
    });
    page.on('load', () => {
      this.webContents.loading = false;
      this.webContents.emit('did-finish-load');
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

  maximized = false;
  maximize() {
    this.maximized = true;
  }
  isMaximized = () => this.maximized;
  isMinimized = () => this.minimized;
  restore() {
    this.minimized = false;
  }
  focus() {
    this.focused += 1;
  }
  show() {
    this.emit('show');
  }
  getNormalBounds = () => this.bounds;

  async close() {
    this.emit('close');
    await this.page?.close();
    fake.windows = fake.windows.filter((window) => window !== this);
    this.emit('closed');
    if (fake.windows.length === 0) fake.app?.emit('window-all-closed');
  }
}
