import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, protocol, safeStorage, session } from 'electron';
import { appFile } from './app-files.ts';
import { createHandlers } from './desktop-handlers.ts';
import { registerIpc } from './ipc.ts';
import { installMenu } from './menu.ts';
import { APP_HOST, APP_SCHEME, isProxiedPath, serverOrigin } from './security.ts';
import { createServerProxy } from './server-proxy.ts';
import { openSettings } from './settings-file.ts';
import { createTokenStore } from './token-store.ts';
import { guardSession, openWindow } from './window.ts';

const DEFAULT_SERVER = 'http://127.0.0.1:4600';

protocol.registerSchemesAsPrivileged([
  {
    scheme: APP_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
]);

async function start(): Promise<void> {
  await app.whenReady();
  const data = app.getPath('userData');
  const settings = openSettings(join(data, 'desktop.json'));
  const tokens = createTokenStore(join(data, 'session.bin'), safeStorage);
  let server = serverOrigin(process.env.MUSTER_SERVER_URL ?? settings.get().server ?? DEFAULT_SERVER) ?? DEFAULT_SERVER;
  const forward = createServerProxy({ origin: () => server, tokens, fetch });
  const files = join(import.meta.dirname, '../renderer');

  protocol.handle(APP_SCHEME, (request) => {
    const { host, pathname } = new URL(request.url);
    if (host !== APP_HOST) return new Response('Unknown host', { status: 404 });
    return isProxiedPath(pathname) ? forward(request) : appFile(files, pathname);
  });
  guardSession(session.defaultSession);
  registerIpc(
    ipcMain,
    createHandlers({
      get: () => server,
      set(origin) {
        // A token belongs to the server that gave it.
        if (origin !== server) tokens.set(null);
        server = origin;
        settings.update({ server: origin });
      },
    }),
  );
  installMenu();
  openWindow(settings);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(settings);
  });
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
}

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});

if (app.requestSingleInstanceLock()) void start();
else app.quit();
