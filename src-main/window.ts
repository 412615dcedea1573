import { join } from 'node:path';
import { BrowserWindow, dialog, type Session, screen, shell } from 'electron';
import { LINK_CHANNEL } from '#shared/desktop/channels.ts';
import { createReloadLimit } from './crash-log.ts';
import type { LogFile } from './log-file.ts';
import { APP_ORIGIN, isAppUrl, isExternalUrl, isPermissionGranted } from './security.ts';
import type { openSettings } from './settings-file.ts';
import { MIN_SIZE, placeWindow } from './window-bounds.ts';

type Settings = ReturnType<typeof openSettings>;
type Host = { settings: Settings; log: LogFile };

const SAVE_AFTER_MS = 500;

/** What every window is made with: isolated, sandboxed, no Node, no webview. */
export const webPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  spellcheck: true,
} as const;

/** Hands a link to the system's browser when it is one that may leave the app. */
export function openExternally(url: string): boolean {
  if (!isExternalUrl(url)) return false;
  void shell.openExternal(url);
  return true;
}

/** Denies permissions and downloads nobody asked for. Once per session. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isPermissionGranted(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermissionGranted(permission, `${origin}/`));
  session.setDevicePermissionHandler(() => false);
}

/** Keeps the page where it belongs: no other page, no other window, no page inside the page. */
function guardNavigation({ webContents }: BrowserWindow): void {
  webContents.setWindowOpenHandler(({ url }) => {
    openExternally(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event, url) => {
    if (isAppUrl(url)) return;
    event.preventDefault();
    openExternally(url);
  });
  webContents.on('will-redirect', (event, url) => {
    if (!isAppUrl(url)) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
}

/** A crash loses the last half second of moving a window, not its place. */
function keepPlace(window: BrowserWindow, settings: Settings): void {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    const { x, y, width, height } = window.getNormalBounds();
    settings.update({ window: { x, y, width, height, maximized: window.isMaximized() } });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('maximize', soon);
  window.on('unmaximize', soon);
  window.on('close', save);
  window.on('closed', () => clearTimeout(timer));
}

/** What the data worker and the local store hold survives the page: it is loaded again, unless it keeps dying. */
function recover(window: BrowserWindow, log: LogFile): void {
  const mayReload = createReloadLimit(Date.now);
  const { webContents } = window;
  const ask = async (message: string, stay: string) => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      detail: 'Everything you entered is stored on this computer.',
      buttons: ['Load the page again', stay],
      defaultId: 0,
      cancelId: 1,
    });
    if (response === 0) webContents.reload();
  };
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    if (mayReload()) webContents.reload();
    else void ask('Muster’s page has stopped several times.', 'Leave it');
  });
  webContents.on('did-fail-load', (_event, code, _words, _url, isMainFrame) => {
    // -3: the navigation was replaced by another one.
    if (isMainFrame && code !== -3) log.write('error', 'page not loaded', { code });
  });
  window.on('unresponsive', () => {
    log.write('warn', 'page does not answer');
    void ask('Muster’s page does not answer.', 'Wait');
  });
}

/** Opens a window on the app, where and as large as it was last time. */
export function openWindow({ settings, log }: Host, path = '/'): BrowserWindow {
  const last = settings.get().window;
  const main = screen.getPrimaryDisplay();
  const areas = [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)].map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeWindow(last, areas),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'Muster',
    backgroundColor: '#16171b',
    webPreferences: { ...webPreferences, preload: join(import.meta.dirname, '../preload/preload.cjs') },
  });
  if (last?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  guardNavigation(window);
  keepPlace(window, settings);
  recover(window, log);
  void window.loadURL(APP_ORIGIN + path);
  return window;
}

function bringUp(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Brings the app to the front, on a screen when one is named. The path must have passed isLinkablePath. */
export function showApp(host: Host, path: string | null): void {
  const window = BrowserWindow.getAllWindows()[0];
  if (!window) {
    openWindow(host, path ?? '/');
    return;
  }
  bringUp(window);
  if (path === null) return;
  const { webContents } = window;
  const send = () => webContents.send(LINK_CHANNEL, path);
  if (webContents.isLoadingMainFrame()) webContents.once('did-finish-load', send);
  else send();
}
