import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Record<string, string | number | boolean | null | readonly string[] | undefined>;
export type LogFile = {
  path: string;
  /** Written to the disk before this returns, so that the line is there even when the next one is a crash. */
  write(level: LogLevel, event: string, fields?: LogFields): void;
};

type Options = { maxBytes?: number; keep?: number; now?: () => number };

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** JSON lines in `muster.log`; a full file becomes `muster.log.1`, and the oldest of `keep` goes. */
export function openLogFile(folder: string, { maxBytes = 2_000_000, keep = 3, now = Date.now }: Options = {}): LogFile {
  const path = join(folder, 'muster.log');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let size = sizeOf(path);

  function rotate(): void {
    rmSync(`${path}.${keep}`, { force: true });
    for (let age = keep - 1; age >= 0; age--) {
      const older = age === 0 ? path : `${path}.${age}`;
      if (sizeOf(older) > 0) renameSync(older, `${path}.${age + 1}`);
    }
    size = 0;
  }

  return {
    path,
    write(level, event, fields = {}) {
      const line = `${JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })}\n`;
      try {
        if (size > 0 && size + line.length > maxBytes) rotate();
        appendFileSync(path, line, { mode: 0o600 });
        size += Buffer.byteLength(line);
      } catch (error) {
        // A full disk must not take the app down with it.
        console.error(`The log cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
