import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { INVOKE_CHANNEL } from '#shared/desktop/channels.ts';
import {
  type DesktopInput,
  type DesktopOperation,
  type DesktopOutput,
  desktopOperations,
} from '#shared/desktop/desktop-contract.ts';
import { isAppUrl } from './security.ts';

export type Handlers = { [K in DesktopOperation]: (input: DesktopInput<K>) => Promise<DesktopOutput<K>> };

function isOperation(name: unknown): name is DesktopOperation {
  return typeof name === 'string' && Object.hasOwn(desktopOperations, name);
}

/** Only the app's own top frame may ask. */
function isTrusted(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isAppUrl(frame.url);
}

async function dispatch<K extends DesktopOperation>(handlers: Handlers, operation: K, payload: unknown) {
  const { input, output } = desktopOperations[operation];
  const parsed = input.safeParse(payload);
  if (!parsed.success) throw new Error(`${operation}: ${parsed.error.issues[0]?.message ?? 'invalid input'}`);
  return output.parse(await handlers[operation](parsed.data as DesktopInput<K>));
}

/** The one place that listens: operation, sender and payload are checked before any handler runs. */
export function registerIpc(ipcMain: IpcMain, handlers: Handlers): void {
  ipcMain.handle(INVOKE_CHANNEL, async (event, operation: unknown, payload: unknown) => {
    if (!isTrusted(event)) throw new Error('Refused: not the app');
    if (!isOperation(operation)) throw new Error('Refused: unknown operation');
    return dispatch(handlers, operation, payload);
  });
}
