import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { BrowserWindow, dialog, Notification } from 'electron';
import { type DesktopInput, type DesktopOutput, MAX_OPENED_BYTES } from '#shared/desktop/desktop-contract.ts';
import type { Handlers } from './ipc.ts';
import { openExternally } from './window.ts';
import type { Workspace } from './workspace.ts';

type Parts = {
  workspace: Workspace;
  /** Brings the app to the front, on a screen when one is named. */
  show: (path: string | null) => void;
};

async function openFile({ kind, extensions }: DesktopInput<'file.open'>): Promise<DesktopOutput<'file.open'>> {
  const window = BrowserWindow.getFocusedWindow();
  const options = { properties: ['openFile' as const], filters: [{ name: kind, extensions }] };
  const answer = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  const [path] = answer.filePaths;
  if (answer.canceled || !path) return { outcome: 'cancelled' };
  const name = basename(path);
  if ((await stat(path)).size > MAX_OPENED_BYTES) return { outcome: 'tooLarge', name, limit: MAX_OPENED_BYTES };
  return { outcome: 'opened', name, bytes: new Uint8Array(await readFile(path)) };
}

async function saveFile({ name, bytes }: DesktopInput<'file.save'>): Promise<DesktopOutput<'file.save'>> {
  const window = BrowserWindow.getFocusedWindow();
  const options = { defaultPath: basename(name) };
  const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
  if (answer.canceled || !answer.filePath) return { saved: false };
  await writeFile(answer.filePath, bytes);
  return { saved: true };
}

/** What the page may ask of the system. */
export function createHandlers({ workspace, show }: Parts): Handlers {
  // A notification that is collected as garbage never tells of its click.
  const shown = new Set<Notification>();
  return {
    'workspace.get': async () => workspace.get(),
    'workspace.useLocal': () => workspace.useLocal(),
    'workspace.useServer': ({ url }) => workspace.useServer(url),
    'file.save': saveFile,
    'file.open': openFile,
    'notification.show': async ({ title, body, path }) => {
      if (!Notification.isSupported()) return { shown: false };
      const notification = new Notification({ title, body });
      shown.add(notification);
      notification.on('click', () => {
        shown.delete(notification);
        show(path ?? null);
      });
      notification.on('close', () => shown.delete(notification));
      notification.show();
      return { shown: true };
    },
    'external.open': async ({ url }) => ({ opened: openExternally(url) }),
  };
}
