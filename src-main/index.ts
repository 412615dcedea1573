import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, Menu, protocol, safeStorage, session, shell } from 'electron';
import { COMMAND_CHANNEL } from '#shared/desktop/channels.ts';
import { DEEP_LINK_SCHEME, pathOfDeepLink } from '#shared/desktop/deep-link.ts';
import { appFile } from './app-files.ts';
import { recordCrashes } from './crash-log.ts';
import { createHandlers } from './desktop-handlers.ts';
import { registerIpc } from './ipc.ts';
import { createLocalServer } from './local-server.ts';
import { openLogFile } from './log-file.ts';
import { buildMenu } from './menu.ts';
import { openSecretFile } from './secret-file.ts';
import { APP_HOST, APP_SCHEME, isProxiedPath, serverOrigin } from './security.ts';
import { freePort, isHealthy, launchServer } from './server-process.ts';
import { createServerProxy } from './server-proxy.ts';
import { openSettings } from './settings-file.ts';
import { createTokenStore } from './token-store.ts';
import { askAboutUpdate, loadUpdater, tellAboutUpdate } from './update-dialogs.ts';
import { createUpdates, namedFeed } from './updates.ts';
import { createVault, VAULT_PATH } from './vault.ts';
import { guardSession, openWindow, showApp } from './window.ts';
import { createWorkspace } from './workspace.ts';

const UPDATE_EVERY_MS = 6 * 3_600_000;

protocol.registerSchemesAsPrivileged([
  {
    scheme: APP_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
]);

/** The path named by the newest deep link among a program's arguments. */
const linkIn = (argv: readonly string[]): string | null =>
  argv.reduce<string | null>((found, argument) => pathOfDeepLink(argument) ?? found, null);

const data = app.getPath('userData');
const log = openLogFile(join(data, 'logs'));
const settings = openSettings(join(data, 'desktop.json'));
/** A screen asked for before there is a window. */
let firstPath = linkIn(process.argv);
let show = (path: string | null) => {
  firstPath = path ?? firstPath;
};

function openWorkspace() {
  const tokens = createTokenStore(openSecretFile(join(data, 'session.bin'), safeStorage));
  const local = createLocalServer({
    launch: launchServer(join(data, 'workspace'), log),
    async findPort() {
      const port = await freePort(settings.get().localPort ?? 0);
      settings.update({ localPort: port });
      return port;
    },
    isHealthy,
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    now: Date.now,
    log,
  });
  const fixed = serverOrigin(process.env.MUSTER_SERVER_URL ?? '');
  return { tokens, workspace: createWorkspace({ fixed, settings, tokens, local }) };
}

function openUpdates(beforeInstall: () => Promise<void>) {
  const named = namedFeed(app.isPackaged, process.env.MUSTER_UPDATE_FEED, settings.get().updateFeed);
  const builtIn = app.isPackaged && existsSync(join(process.resourcesPath, 'app-update.yml'));
  if (named === null && !builtIn) return null;
  const updates = createUpdates({
    load: () => loadUpdater(named, log),
    ask: askAboutUpdate,
    tell: tellAboutUpdate,
    beforeInstall,
    log,
  });
  void updates.check(false);
  setInterval(() => void updates.check(false), UPDATE_EVERY_MS).unref();
  return updates;
}

async function start(): Promise<void> {
  recordCrashes(log, process, app);
  await app.whenReady();
  log.write('info', 'started', { version: app.getVersion(), platform: process.platform });
  const { tokens, workspace } = openWorkspace();
  const vault = createVault(openSecretFile(join(data, 'vault.bin'), safeStorage));
  const forward = createServerProxy({ origin: workspace.origin, tokens, fetch });
  const files = join(import.meta.dirname, '../renderer');

  protocol.handle(APP_SCHEME, (request) => {
    const { host, pathname } = new URL(request.url);
    if (host !== APP_HOST) return new Response('Unknown host', { status: 404 });
    if (pathname === VAULT_PATH) return vault(request);
    return isProxiedPath(pathname) ? forward(request) : appFile(files, pathname);
  });
  guardSession(session.defaultSession);
  registerIpc(ipcMain, createHandlers({ workspace, show: (path) => show(path) }));

  const updates = openUpdates(workspace.close);
  const host = { platform: process.platform, packaged: app.isPackaged };
  const actions = {
    command(command: string) {
      const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];
      window?.webContents.send(COMMAND_CHANNEL, command);
    },
    showLog: () => shell.showItemInFolder(log.path),
    checkForUpdates: updates ? () => void updates.check(true) : null,
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(buildMenu(host, actions)));

  void workspace.resume();
  openWindow({ settings, log }, firstPath ?? '/');
  show = (path) => showApp({ settings, log }, path);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow({ settings, log });
  });
  endWith(workspace.close);
}

/** The app ends once what it started has ended. */
function endWith(close: () => Promise<void>): void {
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void close().finally(() => {
      closed = true;
      log.write('info', 'ended');
      app.quit();
    });
  });
}

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});
// macOS hands over links like this, also before there is a window.
app.on('open-url', (event, url) => {
  event.preventDefault();
  const path = pathOfDeepLink(url);
  if (path !== null) show(path);
});
app.on('second-instance', (_event, argv) => show(linkIn(argv)));

if (app.requestSingleInstanceLock()) {
  // A build in a developer's folder does not take the links over from the installed app.
  if (app.isPackaged) app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
  void start();
} else app.quit();
