import pg from 'pg';
import type { Logger } from 'pino';
import type { Service } from '#server/service.ts';

/**
 * Wake-up hints between parts and processes, over LISTEN/NOTIFY. A hint may be lost: every listener also looks by itself
 * now and then; the tables are the truth.
 */
export const wakeTopics = ['intake', 'dirty', 'feed', 'outbox', 'generation', 'access', 'optIn'] as const;
export type WakeTopic = (typeof wakeTopics)[number];

export interface Wake {
  /** Calls back on each hint; answers a function that ends it. */
  on(topic: WakeTopic, listener: () => void): () => void;
  /** Sends a hint to every process, this one included. Never throws. */
  notify(topic: WakeTopic): void;
}

const CHANNEL = 'muster_wake';
const RECONNECT_MS = 1_000;
const NOTIFY = 'select pg_notify($1, topic) from unnest($2::text[]) as topic';
/** Hints of one topic within this time are sent as one. */
const GATHER_MS = 2;

const isTopic = (text: string | undefined): text is WakeTopic => wakeTopics.some((topic) => topic === text);

/**
 * Wake-up hints over one connection of its own, which is remade when it breaks. After that every listener is called once,
 * because hints may have been missed. While it is away, hints still reach the listeners of this process.
 */
export function createWake(options: { url: string; log: Pick<Logger, 'warn'> }): Wake & Service {
  const listeners = new Map<WakeTopic, Set<() => void>>(wakeTopics.map((topic) => [topic, new Set()]));
  const waiting = new Set<WakeTopic>();
  let client: pg.Client | null = null;
  let stopped = false;
  let sending = false;
  let timer: NodeJS.Timeout | undefined;
  let reconnect: NodeJS.Timeout | undefined;

  function tell(topic: WakeTopic): void {
    for (const listener of listeners.get(topic) ?? []) {
      try {
        listener();
      } catch (error) {
        options.log.warn({ err: error, topic }, 'a wake-up listener failed');
      }
    }
  }

  function lose(broken: pg.Client, error: unknown): void {
    if (stopped || client !== broken) return;
    client = null;
    options.log.warn({ err: error }, 'the connection for wake-up hints broke; it is made again');
    schedule();
  }

  function schedule(): void {
    reconnect = setTimeout(() => {
      connect().then(
        () => wakeTopics.forEach(tell),
        () => stopped || schedule(),
      );
    }, RECONNECT_MS);
  }

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 10_000, keepAlive: true });
    fresh.on('error', (error) => lose(fresh, error));
    fresh.on('end', () => lose(fresh, new Error('closed by the server')));
    fresh.on('notification', ({ payload }) => {
      if (isTopic(payload)) tell(payload);
    });
    await fresh.connect();
    await fresh.query(`listen ${CHANNEL}`);
    if (stopped) await fresh.end();
    else client = fresh;
  }

  function flush(): void {
    timer = undefined;
    // One statement at a time on the one connection: what comes meanwhile goes with the next.
    if (sending) return;
    const topics = [...waiting];
    waiting.clear();
    const sender = client;
    if (!sender) {
      topics.forEach(tell);
      return;
    }
    sending = true;
    sender
      .query(NOTIFY, [CHANNEL, topics])
      .catch((error: unknown) => {
        topics.forEach(tell);
        lose(sender, error);
      })
      .finally(() => {
        sending = false;
        if (waiting.size > 0) flush();
      });
  }

  return {
    name: 'wake',
    on(topic, listener) {
      // A wrapper of its own: the same function may be registered twice.
      const own = () => listener();
      listeners.get(topic)?.add(own);
      return () => listeners.get(topic)?.delete(own);
    },
    notify(topic) {
      if (stopped) return;
      waiting.add(topic);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    start: connect,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(reconnect);
      const last = client;
      if (!last) return;
      // A command ends right after its work: what it told last is sent all the same.
      if (waiting.size > 0) {
        await last
          .query(NOTIFY, [CHANNEL, [...waiting]])
          .catch((error: unknown) => options.log.warn({ err: error }, 'the last wake-up hints were not sent'));
      }
      await last.end();
    },
  };
}
