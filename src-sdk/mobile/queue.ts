/**
 * What is still to be told to the server, kept until it has it: an app that is killed, a phone without a network or a
 * server that is away loses nothing. Each entry is stored by itself, in the order of its number, and carries an id by
 * which the server knows what it has already.
 *
 * The queue is bounded. When it is full the oldest event goes first, and only when there is none the oldest of all:
 * an event that is missing is one event less, while what is said of the user and the device is said again later.
 */
import type { Platform } from './platform.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Body = { readonly [name: string]: Json };

export type Entry = {
  id: string;
  kind: 'device' | 'user' | 'event';
  deviceId: string;
  externalUserId?: string;
  body: Body;
};

export type Queue = {
  /** In the order in which they are to be sent. */
  entries(): readonly Entry[];
  /** Resolves when it is stored, or could not be. An id that waits already is not taken twice. */
  add(entry: Entry): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** How many were given up because there was no room. */
  dropped(): number;
  /** Resolves when everything so far is written. */
  settled(): Promise<void>;
};

export type Bounds = { entries: number; characters: number };
const BOUNDS: Bounds = { entries: 1_000, characters: 2_000_000 };

type Stored = { key: string; size: number; entry: Entry };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false;
  const { id, kind, deviceId, externalUserId, body } = value;
  return (
    typeof id === 'string' &&
    (kind === 'device' || kind === 'user' || kind === 'event') &&
    typeof deviceId === 'string' &&
    (externalUserId === undefined || typeof externalUserId === 'string') &&
    isRecord(body)
  );
}

function readEntry(text: string): Entry | null {
  try {
    const value: unknown = JSON.parse(text);
    return isEntry(value) ? value : null;
  } catch {
    // Half a text, or another program's: it can only be thrown away.
    return null;
  }
}

/** Numbers of twelve digits sort as texts do. */
const numbered = (turn: number): string => String(turn).padStart(12, '0');

/** The queue that lies under `prefix`, with all that was left over from before. */
export async function openQueue(
  { storage, log }: Pick<Platform, 'storage' | 'log'>,
  prefix: string,
  bounds: Bounds = BOUNDS,
): Promise<Queue> {
  let waiting: Stored[] = [];
  let characters = 0;
  let turn = 0;
  let dropped = 0;
  let writing: Promise<void> = Promise.resolve();

  /** One after the other, so that nothing is removed before it was written. A failure costs the copy on disk, not the entry. */
  function write(work: () => Promise<void>): Promise<void> {
    writing = writing.then(work).catch((error: unknown) => log?.('The storage of the queue failed.', error));
    return writing;
  }

  function forget(gone: readonly Stored[]): Promise<void> {
    if (gone.length === 0) return writing;
    const keys = new Set(gone.map(({ key }) => key));
    waiting = waiting.filter(({ key }) => !keys.has(key));
    for (const { size } of gone) characters -= size;
    return write(async () => {
      for (const key of keys) await storage.remove(key);
    });
  }

  function makeRoom(): void {
    const gone: Stored[] = [];
    const left = [...waiting];
    let size = characters;
    while (left.length > bounds.entries || (size > bounds.characters && left.length > 1)) {
      const event = left.findIndex(({ entry }) => entry.kind === 'event');
      const [oldest] = left.splice(Math.max(event, 0), 1);
      if (!oldest) break;
      gone.push(oldest);
      size -= oldest.size;
    }
    dropped += gone.length;
    void forget(gone);
  }

  async function load(): Promise<void> {
    const keys = (await storage.keys()).filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      const text = await storage.get(key);
      const entry = text === null ? null : readEntry(text);
      if (text === null || entry === null) {
        log?.('An entry of the queue cannot be read and is thrown away.');
        await storage.remove(key);
        continue;
      }
      waiting.push({ key, size: text.length, entry });
      characters += text.length;
      turn = Number(key.slice(prefix.length, prefix.length + 12)) || turn;
    }
  }

  await load().catch((error: unknown) => log?.('What waited could not be read.', error));

  return {
    entries: () => waiting.map(({ entry }) => entry),
    add(entry) {
      if (waiting.some(({ entry: { id } }) => id === entry.id)) return writing;
      turn += 1;
      const key = `${prefix}${numbered(turn)}.${entry.id}`;
      const text = JSON.stringify(entry);
      waiting.push({ key, size: text.length, entry });
      characters += text.length;
      const written = write(() => storage.set(key, text));
      makeRoom();
      return written;
    },
    remove(ids) {
      const gone = new Set(ids);
      return forget(waiting.filter(({ entry }) => gone.has(entry.id)));
    },
    dropped: () => dropped,
    settled: () => writing,
  };
}
