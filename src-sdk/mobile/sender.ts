/** Empties the queue towards the server: in order, one request at a time, again and again until it has all of it. */
import type { Platform } from './platform.ts';
import type { Body, Entry, Queue } from './queue.ts';

const SDK = 'muster-js 0.1.0';
const MOST_EVENTS = 100;
const MOST_CHARACTERS = 200_000;
const TIMEOUT_MS = 25_000;
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 300_000;

export type Server = { url: string; accessKey: string };

/** taken: the server has it. refused: it never will take it. later: nobody knows, it is tried again. */
type Outcome = 'taken' | 'refused' | 'later';

export type Sender = {
  /** Sends what waits; whether nothing waits any more. */
  flush(): Promise<boolean>;
  /** Sends soon; at once after a failure only where something has changed. */
  wake(ms: number): void;
  refused(): number;
  stop(): void;
};

export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'taken';
  // A key that is not taken today may be mended; what waits is worth more than the requests.
  const isForLater = status === 401 || status === 403 || status === 404 || status === 408 || status === 429;
  return status >= 400 && status < 500 && !isForLater ? 'refused' : 'later';
}

/** The head of the queue: one word of device or user, or events in a row of the same person on the same device. */
export function nextBatch(entries: readonly Entry[], most: number): Entry[] {
  const [first] = entries;
  if (!first || first.kind !== 'event') return first ? [first] : [];
  const batch: Entry[] = [];
  let characters = 0;
  for (const entry of entries) {
    const isSame =
      entry.kind === 'event' && entry.deviceId === first.deviceId && entry.externalUserId === first.externalUserId;
    characters += JSON.stringify(entry.body).length;
    if (!isSame || batch.length === most || (batch.length > 0 && characters > MOST_CHARACTERS)) break;
    batch.push(entry);
  }
  return batch;
}

function requestOf(batch: readonly Entry[]): { path: string; body: Body } | null {
  const [first] = batch;
  if (!first) return null;
  const { kind, id, deviceId, externalUserId, body } = first;
  const who = { deviceId, ...(externalUserId === undefined ? {} : { externalUserId }) };
  if (kind !== 'event') return { path: kind, body: { ...who, messageId: id, ...body } };
  return { path: 'events', body: { ...who, events: batch.map((event) => ({ messageId: event.id, ...event.body })) } };
}

export function createSender(
  platform: Platform,
  { url, accessKey }: Server,
  queue: Queue,
  onTaken: (entry: Entry) => Promise<void>,
): Sender {
  const base = url.replace(/\/+$/, '');
  const headers = {
    'content-type': 'application/json',
    'x-reteno-access-key': accessKey,
    'x-reteno-sdk-version': SDK,
  };
  let sending: Promise<boolean> | null = null;
  let failures = 0;
  let refused = 0;
  /** So many of the next events go one by one: the server refused them together, and one of them is why. */
  let alone = 0;
  let stopped = false;
  let giveUpTimer = (): void => undefined;

  /** A request without an answer is given up after a while; it may have arrived all the same. */
  async function post(path: string, body: Body): Promise<Outcome> {
    let giveUp = (): void => undefined;
    const late = new Promise<Outcome>((resolve) => {
      giveUp = platform.after(TIMEOUT_MS, () => resolve('later'));
    });
    const request = { method: 'POST' as const, headers, body: JSON.stringify(body) };
    try {
      const answer = platform.fetch(`${base}/api/v1/${path}`, request).then(({ status }) => outcomeOf(status));
      return await Promise.race([answer, late]);
    } catch {
      // Nobody answered: it is tried again.
      return 'later';
    } finally {
      giveUp();
    }
  }

  async function settle(batch: readonly Entry[], outcome: Outcome): Promise<void> {
    alone = Math.max(0, alone - batch.length);
    if (outcome === 'taken') for (const entry of batch) await onTaken(entry);
    else {
      refused += batch.length;
      platform.log?.(`The server refused ${batch[0]?.kind ?? 'an entry'}; it is not sent again.`);
    }
    await queue.remove(batch.map(({ id }) => id));
  }

  async function sendAll(): Promise<boolean> {
    while (!stopped) {
      const batch = nextBatch(queue.entries(), alone > 0 ? 1 : MOST_EVENTS);
      const request = requestOf(batch);
      if (!request) return true;
      if (platform.network?.isOnline() === false) return false;
      const outcome = await post(request.path, request.body);
      if (outcome === 'later') {
        failures += 1;
        return false;
      }
      failures = 0;
      if (outcome === 'refused' && batch.length > 1) alone = batch.length;
      else await settle(batch, outcome);
    }
    return false;
  }

  /** Apps are many: they do not all come back in the same moment. */
  function retryAfter(): number {
    const pause = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20), LAST_RETRY_MS);
    return pause * (0.75 + Math.random() / 2);
  }

  function flush(): Promise<boolean> {
    giveUpTimer();
    sending ??= sendAll()
      .catch((error: unknown) => {
        platform.log?.('Sending failed.', error);
        failures += 1;
        return false;
      })
      .finally(() => {
        sending = null;
        if (failures > 0) schedule(retryAfter());
        // Something came while the last answer was being noted.
        else if (queue.entries().length > 0 && platform.network?.isOnline() !== false) schedule(0);
      });
    return sending;
  }

  function schedule(ms: number): void {
    giveUpTimer();
    if (!stopped) giveUpTimer = platform.after(ms, () => void flush());
  }

  return {
    flush,
    wake(ms) {
      // After a failure the pause stands; whoever knows that the network is back calls flush.
      if (sending === null && failures === 0) schedule(ms);
    },
    refused: () => refused,
    stop() {
      stopped = true;
      giveUpTimer();
    },
  };
}
