/**
 * A phone with a storage, and a network that loses, delays and repeats, without any real time: what an app of the mobile
 * SDK runs on where only the SDK is looked at. The server keeps what the real one keeps: each message id once.
 */
import { z } from 'zod';
import type { Platform } from '#sdk/mobile/platform.ts';

/** lost: it never arrives. unanswered: it arrives, and nobody hears so. late: it arrives after the next one, unanswered. */
export const fates = ['answered', 'lost', 'unanswered', 'late', 'twice', 'busy'] as const;
export type Fate = (typeof fates)[number];

const message = z.looseObject({ messageId: z.string() });
const events = z.looseObject({
  deviceId: z.string(),
  externalUserId: z.string().optional(),
  events: z.array(z.unknown()),
});
const event = message.extend({
  eventTypeKey: z.string(),
  occurred: z.string(),
  params: z.array(z.object({ name: z.string(), value: z.unknown() })),
});
export type StoredEvent = z.infer<typeof event> & { deviceId: string; externalUserId?: string };
type Word = z.infer<typeof message>;

export class MobileServer {
  readonly seen = new Set<string>();
  readonly events: StoredEvent[] = [];
  readonly users: Word[] = [];
  readonly devices: Word[] = [];
  requests = 0;

  take(path: string, body: unknown): void {
    if (path.endsWith('/events')) {
      const { events: all, deviceId, externalUserId } = events.parse(body);
      for (const one of all) {
        const parsed = event.parse(one);
        this.once(parsed, () => this.events.push({ ...parsed, deviceId, externalUserId }));
      }
      return;
    }
    const word = message.parse(body);
    this.once(word, () => (path.endsWith('/user') ? this.users : this.devices).push(word));
  }

  private once({ messageId }: Word, store: () => void): void {
    if (this.seen.has(messageId)) return;
    this.seen.add(messageId);
    store();
  }
}

export class MobileWorld {
  readonly disk = new Map<string, string>();
  readonly server = new MobileServer();
  /** What happens to the next requests; beyond them all are answered. */
  fates: Fate[] = [];
  isOnline = true;
  /** What a request is answered that arrives and finds the server well. */
  answer: (body: unknown) => number = () => 200;
  now = Date.UTC(2026, 10, 23, 12);
  readonly log: string[] = [];
  private ids = 0;
  private late: (() => unknown)[] = [];
  private timers: { at: number; work: () => void }[] = [];
  private listeners: ((isActive: boolean) => void)[] = [];
  private networkListeners: ((isOnline: boolean) => void)[] = [];
  /** Of which life of the app something is; a killed one does nothing any more. */
  private life = 0;

  /** The platform of an app that was just started. It dies before its n-th write; never without one. */
  start(diesAtWrite = Number.POSITIVE_INFINITY): Platform {
    this.kill();
    const life = this.life;
    let writes = 0;
    const never = new Promise<never>(() => undefined);
    const alive = () => life === this.life;
    const write = async (work: () => void): Promise<void> => {
      writes += 1;
      if (alive() && writes > diesAtWrite) this.kill();
      if (!alive()) return never;
      work();
    };
    return {
      storage: {
        keys: async () => [...this.disk.keys()],
        get: async (key) => this.disk.get(key) ?? null,
        set: (key, value) => write(() => this.disk.set(key, value)),
        remove: (key) => write(() => this.disk.delete(key)),
      },
      fetch: (url, { body }) => (alive() ? this.request(new URL(url).pathname, JSON.parse(body)) : never),
      now: () => this.now,
      newId: () => `id-${++this.ids}`,
      after: (ms, work) => {
        const timer = { at: this.now + ms, work: () => alive() && work() };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((one) => one !== timer);
        };
      },
      network: { isOnline: () => this.isOnline, onChange: (tell) => this.listen(this.networkListeners, tell) },
      app: { isActive: () => true, onChange: (tell) => this.listen(this.listeners, tell) },
      log: (text) => void this.log.push(text),
    };
  }

  kill(): void {
    this.life += 1;
    this.timers = [];
    this.listeners = [];
    this.networkListeners = [];
  }

  setActive(isActive: boolean): void {
    for (const tell of this.listeners) tell(isActive);
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    for (const tell of this.networkListeners) tell(isOnline);
  }

  /** Lets time go by, so that every timer in it rings. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settled();
      const [next] = this.timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.now = Math.max(this.now, next.at);
      next.work();
    }
    this.now = end;
  }

  private listen<T>(listeners: ((value: T) => void)[], tell: (value: T) => void): () => void {
    listeners.push(tell);
    return () => void listeners.splice(listeners.indexOf(tell), 1);
  }

  private request(path: string, body: unknown): Promise<{ status: number }> {
    this.server.requests += 1;
    const fate = this.isOnline ? (this.fates.shift() ?? 'answered') : 'lost';
    const before = this.late;
    this.late = [];
    const status = this.answer(body);
    const arrive = () => status === 200 && this.server.take(path, body);
    if (fate === 'late') this.late.push(arrive);
    else if (fate !== 'lost' && fate !== 'busy') arrive();
    for (const earlier of before) earlier();
    if (fate === 'twice') arrive();
    if (fate === 'busy') return Promise.resolve({ status: 503 });
    if (fate === 'answered' || fate === 'twice') return Promise.resolve({ status });
    return fate === 'lost' ? Promise.reject(new Error('no network')) : new Promise(() => undefined);
  }
}

/** Long enough for everything that waits for no timer. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
