import { once } from 'node:events';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';
import type { Tx } from './database.ts';

export type CopyCell = string | number | boolean | null;

const special = /[\\\n\r\t]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function cell(value: CopyCell): string {
  if (value === null) return '\\N';
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'number') return String(value);
  return special.test(value) ? value.replace(/[\\\n\r\t]/g, (found) => escapes[found] ?? found) : value;
}

/** One line of COPY's text format. */
export function copyLine(row: readonly CopyCell[]): string {
  let line = cell(row[0] ?? null);
  for (let at = 1; at < row.length; at++) line += `\t${cell(row[at] ?? null)}`;
  return `${line}\n`;
}

const CHUNK = 256 * 1024;

/**
 * Appends rows as they come; waits when the server is slower. `finish` answers after the server took everything; until
 * then an error of the server is thrown by the next call.
 */
export class CopyWriter {
  private readonly stream: CopyStreamQuery;
  private readonly failed: Promise<never>;
  private buffer = '';

  constructor(tx: Tx, target: string) {
    this.stream = tx.query(copyFrom(`copy ${target} from stdin`));
    this.failed = once(this.stream, 'error').then(([error]) => {
      throw error;
    });
    // Whoever writes or finishes hears of it; between two calls nobody listens yet.
    this.failed.catch(() => undefined);
  }

  /** Answers a promise only when the caller has to wait. */
  write(row: readonly CopyCell[]): Promise<void> | undefined {
    this.buffer += copyLine(row);
    return this.buffer.length < CHUNK ? undefined : this.flush();
  }

  private async flush(): Promise<void> {
    const full = !this.stream.write(this.buffer);
    this.buffer = '';
    if (full) await Promise.race([once(this.stream, 'drain'), this.failed]);
  }

  async finish(): Promise<void> {
    if (this.buffer !== '') await this.flush();
    this.stream.end();
    await Promise.race([once(this.stream, 'finish'), this.failed]);
  }

  /** Gives the copy up; the server forgets its rows. */
  abort(error: Error): void {
    this.stream.destroy(error);
  }
}

/** Appends all rows to "table (columns)" by COPY, in the caller's transaction. */
export async function copyRows(tx: Tx, target: string, rows: Iterable<readonly CopyCell[]>): Promise<void> {
  const copy = new CopyWriter(tx, target);
  for (const row of rows) await copy.write(row);
  await copy.finish();
}
