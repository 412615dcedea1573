import { join } from 'node:path';
import { BrowserWindow, type Session, screen, shell } from 'electron';
import { APP_ORIGIN, isAppUrl, isExternalUrl, isPermissionGranted } from './security.ts';
import type { openSettings } from './settings-file.ts';

type Settings = ReturnType<typeof openSettings>;

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
}

function onScreen(bounds: { x?: number; y?: number; width: number; height: number }): boolean {
  const { x, y } = bounds;
  if (x === undefined || y === undefined) return false;
  return screen.getAllDisplays().some(({ workArea }) => {
    const right = x + bounds.width > workArea.x + 80 && x < workArea.x + workArea.width - 80;
    return right && y >= workArea.y && y < workArea.y + workArea.height - 80;
  });
}

/** Opens a window on the app, where and as large as it was last time. */
export function openWindow(settings: Settings, path = '/'): BrowserWindow {
  const last = settings.get().window;
  const place = last && onScreen(last) ? { x: last.x, y: last.y } : {};
  const window = new BrowserWindow({
    width: last?.width ?? 1280,
    height: last?.height ?? 840,
    ...place,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Muster',
    backgroundColor: '#16171b',
    webPreferences: { ...webPreferences, preload: join(import.meta.dirname, '../preload/preload.cjs') },
  });
  if (last?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const { x, y, width, height } = window.getNormalBounds();
    settings.update({ window: { x, y, width, height, maximized: window.isMaximized() } });
  });
  const { webContents } = window;
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
  void window.loadURL(APP_ORIGIN + path);
  return window;
}
