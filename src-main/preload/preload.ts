import { contextBridge, ipcRenderer } from 'electron';
import { COMMAND_CHANNEL, INVOKE_CHANNEL, LINK_CHANNEL } from '#shared/desktop/channels.ts';
import type { DesktopBridge, DesktopCommand } from '#shared/desktop/desktop-contract.ts';

/** A link can come before the page has drawn itself: the newest one waits for the first listener. */
const links = (() => {
  let waiting: string | null = null;
  let listener: ((path: string) => void) | null = null;
  ipcRenderer.on(LINK_CHANNEL, (_event: unknown, path: string) => {
    if (listener) listener(path);
    else waiting = path;
  });
  return {
    listen(next: (path: string) => void) {
      listener = next;
      if (waiting !== null) next(waiting);
      waiting = null;
      return () => {
        if (listener === next) listener = null;
      };
    },
  };
})();

/** The whole bridge: one checked channel out, plain commands and paths in. No Node, no Electron reaches the page. */
const bridge = {
  platform: process.platform,
  invoke: (operation, input) => ipcRenderer.invoke(INVOKE_CHANNEL, operation, input),
  onCommand(listener) {
    const forward = (_event: unknown, command: DesktopCommand) => listener(command);
    ipcRenderer.on(COMMAND_CHANNEL, forward);
    return () => {
      ipcRenderer.removeListener(COMMAND_CHANNEL, forward);
    };
  },
  onLink: links.listen,
} satisfies DesktopBridge;

contextBridge.exposeInMainWorld('desktop', bridge);
