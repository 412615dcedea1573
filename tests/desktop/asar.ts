import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Entry = { files: Record<string, Entry> } | { size: number; offset?: string; unpacked?: boolean; link?: string };
export type Packed = { path: string; size: number; unpacked: boolean; read: () => Buffer };

/** The files of an asar archive: a length, a JSON of names and places, then the bytes. */
export function readArchive(archive: string): { files: Packed[]; close: () => void } {
  const fd = openSync(archive, 'r');
  const at = (position: number, length: number) => {
    const bytes = Buffer.alloc(length);
    readSync(fd, bytes, 0, length, position);
    return bytes;
  };
  const start = at(0, 16);
  const base = start.readUInt32LE(4) + 8;
  const header: Entry = JSON.parse(at(16, start.readUInt32LE(12)).toString('utf8'));
  const files: Packed[] = [];
  const walk = (entry: Entry, path: string) => {
    if ('files' in entry) for (const [name, child] of Object.entries(entry.files)) walk(child, join(path, name));
    else if (entry.link === undefined) {
      const { size, offset = '0', unpacked = false } = entry;
      files.push({ path, size, unpacked, read: () => at(base + Number(offset), size) });
    }
  };
  walk(header, '');
  return { files, close: () => closeSync(fd) };
}

/** Writes what lies in the archive itself to a folder. */
export function extract(files: readonly Packed[], to: string): void {
  for (const { path, unpacked, read } of files) {
    if (unpacked) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), read());
  }
}
