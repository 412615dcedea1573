/** Small files in the origin's private file system. Browsers that cannot write there from a shared worker are told apart. */
const FOLDER = 'keys';

async function folder(): Promise<FileSystemDirectoryHandle | null> {
  if (typeof navigator === 'undefined' || !navigator.storage?.getDirectory) return null;
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

const isMissing = (error: unknown): boolean => error instanceof DOMException && error.name === 'NotFoundError';

/** False where files cannot be written. */
export async function writeFile(name: string, bytes: ArrayBuffer): Promise<boolean> {
  const file = await (await folder())?.getFileHandle(name, { create: true });
  if (!file?.createWritable) return false;
  const writing = await file.createWritable();
  await writing.write(bytes);
  await writing.close();
  return true;
}

/** Null when there is no such file, or nothing in it. */
export async function readFile(name: string): Promise<ArrayBuffer | null> {
  try {
    const handle = await (await folder())?.getFileHandle(name);
    const bytes = await (await handle?.getFile())?.arrayBuffer();
    return bytes && bytes.byteLength > 0 ? bytes : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export async function deleteFile(name: string): Promise<void> {
  try {
    await (await folder())?.removeEntry(name);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

export async function deleteFiles(prefix: string): Promise<void> {
  const all = await folder();
  if (!all) return;
  const names: string[] = [];
  for await (const name of all.keys()) if (name.startsWith(prefix)) names.push(name);
  for (const name of names) await deleteFile(name);
}
