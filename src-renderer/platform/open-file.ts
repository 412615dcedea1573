import { create } from 'zustand';
import { desktop } from './desktop.ts';

/** A file chosen through the desktop menu, until the screen it is meant for takes it. */
export const useOpenedFile = create<{ file: File | null }>(() => ({ file: null }));

/** Hands the file over, once. */
export function takeOpenedFile(): File | null {
  const { file } = useOpenedFile.getState();
  if (file) useOpenedFile.setState({ file: null });
  return file;
}

/** Opens the system's dialog. True when a file was chosen; throws, in words, when it is too large for this way. */
export async function openFile(kind: string, extensions: string[]): Promise<boolean> {
  const answer = await desktop()?.invoke('file.open', { kind, extensions });
  if (!answer || answer.outcome === 'cancelled') return false;
  if (answer.outcome === 'tooLarge') {
    const limit = Math.round(answer.limit / 1024 ** 2);
    throw new Error(`${answer.name} is larger than ${limit} MB. Drop it on the import screen instead.`);
  }
  useOpenedFile.setState({ file: new File([new Uint8Array(answer.bytes)], answer.name) });
  return true;
}
