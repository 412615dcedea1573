import { desktop } from './desktop.ts';

/** Gives a file to the person: the system's save dialog in the desktop app, a download in a browser. */
export async function saveFile(name: string, blob: Blob): Promise<void> {
  const bridge = desktop();
  if (bridge) {
    await bridge.invoke('file.save', { name, bytes: new Uint8Array(await blob.arrayBuffer()) });
    return;
  }
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun once the click returned; the address is not needed much longer.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
