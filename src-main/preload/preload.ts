import { contextBridge, ipcRenderer } from 'electron';
import { COMMAND_CHANNEL, INVOKE_CHANNEL } from '#shared/desktop/channels.ts';
import type { DesktopBridge, DesktopCommand } from '#shared/desktop/desktop-contract.ts';

/** The whole bridge: one checked channel out, one of plain commands in. No Node, no Electron reaches the page. */
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
} satisfies DesktopBridge;

contextBridge.exposeInMainWorld('desktop', bridge);
