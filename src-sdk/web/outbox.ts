/**
 * What is still to be sent, in the browser's storage until the server has it: a closed tab, a page that is left or a
 * server that is away loses nothing. Each event is an entry of its own, because pages of one shop that are open side by
 * side cannot change one entry together; each carries a message id, by which the server knows what it has already.
 */
import type { Envelope } from './event.ts';
import { attempt } from './safely.ts';

const PREFIX = 'es_q.';
/** Beyond this many the oldest are given up. */
const MOST = 200;
const PER_REQUEST = 20;
const REQUEST_BYTES = 50_000;
/** More than 64 KB in all no browser sends for a page that is being left: it refuses the request itself. */
const KEEPALIVE_BYTES = 60_000;
const GATHER_MS = 20;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;
const TIMEOUT_MS = 20_000;

export type Outbox = {
  add(event: Envelope): void;
  /** Sends what was left over from before. */
  start(): void;
  clear(): void;
};

/** Letters beyond a–z are two bytes or more. */
const bytesOf = (text: string): number => new Blob([text]).size;

export function createOutbox(url: string): Outbox {
  /** By key, in the order of their time; also what storage did not take. */
  const memory = new Map<string, string>();
  const flying = new Set<string>();
  let timer = 0;
  let failures = 0;
  let added = 0;
  let last = 0;

  /** Sorts by time, and what came in one millisecond by its turn. */
  function newKey(id: string): string {
    last = Math.max(Date.now(), last);
    added += 1;
    return `${PREFIX}${last}.${String(added).padStart(6, '0')}.${id}`;
  }

  const keys = (): string[] => {
    const all = attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)), []);
    for (const key of memory.keys()) if (all.indexOf(key) < 0) all.push(key);
    return all.sort();
  };
  const read = (key: string): string | null => memory.get(key) || attempt(() => localStorage.getItem(key), null);
  const remove = (key: string): void => {
    memory.delete(key);
    attempt(() => localStorage.removeItem(key), undefined);
  };

  function take(): { taken: string[]; body: string } {
    const taken: string[] = [];
    const texts: string[] = [];
    let bytes = 0;
    for (const key of keys()) {
      if (flying.has(key)) continue;
      const text = read(key);
      if (text === null) continue;
      const more = bytesOf(text) + 1;
      if (taken.length > 0 && bytes + more > REQUEST_BYTES) break;
      bytes += more;
      taken.push(key);
      texts.push(text);
      if (taken.length === PER_REQUEST) break;
    }
    return { taken, body: `[${texts.join(',')}]` };
  }

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  }

  async function dispatch(taken: readonly string[], body: string): Promise<void> {
    for (const key of taken) flying.add(key);
    const done = await deliver(url, body);
    for (const key of taken) {
      flying.delete(key);
      if (done) remove(key);
    }
    failures = done ? 0 : failures + 1;
    // Shops have many visitors: they do not all come back in the same moment.
    const pause = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS) * (0.75 + Math.random() / 2);
    later(done ? 0 : pause);
  }

  /** One request at a time, so that events arrive in their order. */
  function send(): void {
    if (flying.size > 0) return;
    const { taken, body } = take();
    if (taken.length > 0) void dispatch(taken, body);
  }

  /** The page is being left: what waits goes out now. It stays stored, and is told apart by its message id. */
  function sendLast(): void {
    const { taken, body } = take();
    if (taken.length === 0) return;
    if ('keepalive' in Request.prototype || !navigator.sendBeacon) void dispatch(taken, body);
    else navigator.sendBeacon(url, body);
  }

  addEventListener('pagehide', sendLast);
  addEventListener('online', () => later(0));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') sendLast();
  });

  return {
    add(event) {
      const key = newKey(event.GeneralInfo.messageId);
      const text = JSON.stringify(event);
      const isStored = attempt(() => {
        localStorage.setItem(key, text);
        return true;
      }, false);
      if (!isStored) memory.set(key, text);
      const all = keys();
      for (const old of all.slice(0, Math.max(0, all.length - MOST))) if (!flying.has(old)) remove(old);
      if (failures === 0) later(GATHER_MS);
    },
    start: () => later(GATHER_MS),
    clear() {
      for (const key of keys()) remove(key);
    },
  };
}

/** Whether the server has it now, or will never take it. */
async function deliver(url: string, body: string): Promise<boolean> {
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      // Plain text: a browser asks nobody for permission first.
      headers: { 'content-type': 'text/plain' },
      body,
      keepalive: bytesOf(body) <= KEEPALIVE_BYTES,
      credentials: 'omit',
      mode: 'cors',
      signal: abort.signal,
    });
    return answer.ok || (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429);
  } catch {
    // Nobody answered: it is tried again.
    return false;
  } finally {
    clearTimeout(limit);
  }
}
