/**
 * Whether the server can be reached, found out by asking it: a browser's own idea of "online" says nothing about the
 * server. One loop probes, then holds the one stream of hints; while it is down everybody who must reach the server waits.
 */
import type { Caller } from '#shared/api/ports.ts';
import { type Hint, OLDEST_SERVER } from '#shared/sync/wire.schema.ts';
import { type DataFailure, toFailure } from './data-failure.ts';
import type { Rpc } from './server-client.ts';
import { Stopped } from './under-way.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export type ConnectionState = {
  online: boolean;
  offlineSince: number | null;
  signInNeeded: boolean;
  lastError: string | null;
  /** The app and the server are too far apart in age: nothing is synced, and whoever is older has to be updated. */
  mismatch: 'appTooOld' | 'serverTooOld' | null;
};
export type ConnectionEvents = {
  /** The server answered who asks. Nothing else is asked before this is done; false: not with this account. */
  onGreeted(me: Caller): Promise<boolean>;
  /** The session ended. Asked for again and again while it stays so. */
  onSessionEnded(): Promise<void>;
  onState(): void;
  /** The stream is up (again): whatever happened in between has to be asked for. */
  onConnected(): void;
  onHint(hint: Hint): void;
  /** When the server was last there, as far as this device remembers from before it was opened. */
  lastContact(): number | null;
  now(): number;
};

export class Connection {
  state: ConnectionState = {
    online: false,
    offlineSince: null,
    signInNeeded: false,
    lastError: null,
    mismatch: null,
  };
  readonly #rpc: Rpc;
  readonly #events: ConnectionEvents;
  #stopped = false;
  #started = false;
  /** Ends the wait of the loop early. */
  #wake: (() => void) | null = null;
  #reachable: { promise: Promise<void>; resolve: () => void } = Promise.withResolvers<void>();
  #isReachable = false;
  #closeStream: (() => void) | null = null;
  readonly #napping = new Set<() => void>();
  /** Ends the wait for answers. */
  readonly #asking = new Set<() => void>();

  constructor(rpc: Rpc, events: ConnectionEvents) {
    this.#rpc = rpc;
    this.#events = events;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#loop();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    this.#closeStream?.();
    this.#reachable.resolve();
    for (const wake of this.#napping) wake();
    for (const giveUp of this.#asking) giveUp();
  }

  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void {
    this.#wake?.();
  }

  /** Somebody signed in: the session is worth trying again. */
  sessionRenewed(): void {
    this.#set({ signInNeeded: false });
    this.retryNow();
  }

  /** One attempt. Rejects with a DataFailure; what it learned about the server is remembered. */
  async attempt<T>(action: () => Promise<T>): Promise<T> {
    try {
      const value = await action();
      // An answer proves the server is there again before the waiting loop finds out.
      if (!this.state.online && this.#started) this.retryNow();
      return value;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.data.code === 'offline') this.#closeStream?.();
      throw failure;
    }
  }

  /**
   * Repeats until the server answered. Rejects only for an answer that `final` accepts, or with Stopped at once when the
   * connection is stopped: an answer that is still on its way then is as good as lost.
   */
  async insist<T>(action: () => Promise<T>, final: (failure: DataFailure) => boolean = () => false): Promise<T> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      await this.#reachable.promise;
      if (this.#stopped) throw new Stopped();
      try {
        const value = await this.#unlessStopped(this.attempt(action));
        if (this.state.lastError !== null) this.#set({ lastError: null });
        return value;
      } catch (error) {
        const failure = toFailure(error);
        if (failure instanceof Stopped || final(failure)) throw failure;
        if (failure.data.code === 'unauthorized') this.#lostSession();
        else if (failure.data.code === 'client_too_old') this.#apart('appTooOld');
        else if (failure.data.code !== 'offline') this.#set({ lastError: failure.message });
        await this.#nap(wait);
      }
    }
  }

  #unlessStopped<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(new Stopped());
      this.#asking.add(giveUp);
      answer.then(resolve, reject).finally(() => this.#asking.delete(giveUp));
    });
  }

  async #loop(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !this.#stopped; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      if (await this.#probe()) {
        const up = await this.#holdStream();
        if (up) wait = FIRST_WAIT_MS;
        if (this.#stopped) return;
        // Why the session ended is asked at once.
        if (this.state.signInNeeded) continue;
        if (!this.state.mismatch) this.#goneOffline();
      }
      await this.#pause(this.state.signInNeeded || this.state.mismatch ? LONGEST_WAIT_MS : wait);
    }
  }

  /** Learns what a stream cannot tell: how old the server is, who asks, whether nobody answers or the session has ended. */
  async #probe(): Promise<boolean> {
    try {
      const [info, me] = await Promise.allSettled([this.#rpc.system.info.query(), this.#rpc.system.me.query()]);
      if (info.status === 'rejected') throw info.reason;
      if (info.value.protocol < OLDEST_SERVER) {
        this.#apart('serverTooOld');
        return false;
      }
      if (me.status === 'rejected') throw me.reason;
      this.#set({ mismatch: null });
      return await this.#events.onGreeted(me.value);
    } catch (error) {
      await this.#probeFailed(toFailure(error));
      return false;
    }
  }

  async #probeFailed(failure: DataFailure): Promise<void> {
    const { code } = failure.data;
    if (code === 'client_too_old') this.#apart('appTooOld');
    else if (code === 'unauthorized') {
      this.#lostSession();
      try {
        await this.#events.onSessionEnded();
      } catch (error) {
        // The next probe asks again: the loop must not end with the network.
        const { data, message } = toFailure(error);
        if (data.code !== 'offline') this.#set({ lastError: message });
      }
    } else {
      this.#goneOffline();
      if (code !== 'offline') this.#set({ lastError: failure.message });
    }
  }

  /** Resolves when the stream broke; true when it had been up. */
  #holdStream(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    let up = false;
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      this.#closeStream = null;
      subscription.unsubscribe();
      resolve(up);
    };
    const subscription = this.#rpc.sync.stream.subscribe(undefined, {
      onStarted: () => {
        up = true;
        this.#cameOnline();
      },
      onData: (hint) => this.#events.onHint(hint),
      // EventSource gives up for good on any answer but 200, and waits three seconds otherwise: reconnecting is done here.
      onConnectionStateChange: (change) => {
        if (change.state === 'connecting' && change.error) queueMicrotask(end);
      },
      onError: () => queueMicrotask(end),
      onStopped: () => queueMicrotask(end),
      onComplete: () => queueMicrotask(end),
    });
    this.#closeStream = end;
    if (this.#stopped) end();
    return promise;
  }

  #cameOnline(): void {
    this.#isReachable = true;
    this.#reachable.resolve();
    this.#set({ online: true, offlineSince: null, signInNeeded: false, lastError: null, mismatch: null });
    this.#events.onConnected();
  }

  #goneOffline(): void {
    this.#hold();
    if (!this.state.online && this.state.offlineSince !== null) return;
    const { now, lastContact } = this.#events;
    // Away since before this device was opened: it has not been there a moment since.
    this.#set({ online: false, offlineSince: this.state.online ? now() : (lastContact() ?? now()) });
  }

  #lostSession(): void {
    this.#hold();
    this.#closeStream?.();
    // The server is there; it is only the session that ended.
    this.#set({ online: true, offlineSince: null, signInNeeded: true });
  }

  /** Neither of the two can be reached by the other until one is updated; it is looked for again and again. */
  #apart(mismatch: 'appTooOld' | 'serverTooOld'): void {
    this.#hold();
    this.#closeStream?.();
    this.#set({ online: true, offlineSince: null, mismatch });
  }

  #hold(): void {
    if (!this.#isReachable) return;
    this.#isReachable = false;
    this.#reachable = Promise.withResolvers<void>();
  }

  #set(change: Partial<ConnectionState>): void {
    const next = { ...this.state, ...change };
    const same = (Object.keys(next) as (keyof ConnectionState)[]).every((key) => next[key] === this.state[key]);
    this.state = next;
    if (!same) this.#events.onState();
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    this.#wake = null;
  }

  /** A pause that stopping ends. */
  async #nap(ms: number): Promise<void> {
    if (this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#napping.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#napping.delete(resolve);
  }
}
