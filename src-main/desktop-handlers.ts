import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { BrowserWindow, dialog, Notification } from 'electron';
import type { Handlers } from './ipc.ts';
import { serverOrigin } from './security.ts';
import { openExternally } from './window.ts';

/** What the page may ask of the system. */
export function createHandlers(server: { get: () => string; set: (origin: string) => void }): Handlers {
  return {
    'server.get': async () => ({ url: server.get() }),
    'server.set': async ({ url }) => {
      const origin = serverOrigin(url);
      if (origin === null) throw new Error('Use an https address; plain http only on this machine');
      server.set(origin);
      return { url: origin };
    },
    'file.save': async ({ name, bytes }) => {
      const window = BrowserWindow.getFocusedWindow();
      const options = { defaultPath: basename(name) };
      const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
      if (answer.canceled || !answer.filePath) return { saved: false };
      await writeFile(answer.filePath, bytes);
      return { saved: true };
    },
    'notification.show': async ({ title, body }) => {
      if (!Notification.isSupported()) return { shown: false };
      new Notification({ title, body }).show();
      return { shown: true };
    },
    'external.open': async ({ url }) => ({ opened: openExternally(url) }),
  };
}
