/** Who is signed in on this device. Offline the last account opens; the server is asked as soon as it is there. */
import type { SessionState } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import type { Account } from '#renderer/data/store/last-account.ts';
import { DataFailure, OFFLINE, toFailure } from '#renderer/data/sync/data-failure.ts';
import type { SessionUser } from '#renderer/data/sync/server-client.ts';
import type { SystemInfo } from '#shared/api/ports.ts';
import type { ChangeHub } from './change-hub.ts';
import { OpenAccount } from './open-account.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

export class Session {
  state: SessionState = { state: 'starting' };
  open: OpenAccount | null = null;
  /** Since when the server could not be reached before anybody signed in. */
  offlineSince: number | null = null;
  readonly #platform: Platform;
  readonly #hub: ChangeHub;
  /** Opening, switching and closing accounts never overlap. */
  #queue: Promise<unknown> = Promise.resolve();
  #lookAgain: (() => void) | null = null;

  constructor(platform: Platform, hub: ChangeHub) {
    this.#platform = platform;
    this.#hub = hub;
  }

  /** Resolves when the first screen is known. */
  async start(): Promise<void> {
    await this.#inTurn(async () => {
      const last = await this.#platform.accounts.last();
      if (last) await this.#switchTo(last);
    });
    if (!this.open) void this.#waitForServer();
  }

  /** The account that is open, once what is under way has been done; rejects when nobody is signed in. */
  async account(): Promise<OpenAccount> {
    if (!this.open) await this.#queue;
    if (this.open) return this.open;
    throw new DataFailure({ code: 'unauthorized', message: 'Sign in first.' });
  }

  async setup(input: {
    code: string;
    email: string;
    password: string;
    name: string;
    workspace: string;
  }): Promise<void> {
    await this.#platform.server.rpc.system.setup.mutate(input);
    await this.signIn(input);
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<void> {
    const { server } = this.#platform;
    const user = await server.signIn(email, password);
    const info = await server.rpc.system.info.query();
    await this.#inTurn(() => this.#signedIn(user, info));
  }

  async signOut(waiting: 'keep' | 'discard'): Promise<void> {
    await this.#platform.server.signOut();
    await this.#inTurn(async () => {
      const { open } = this;
      this.open = null;
      await this.#platform.accounts.setLast(null);
      // Nothing of this account stays on the device, unless that would lose work.
      if (open) await (open.waiting > 0 && waiting === 'keep' ? open.close() : open.remove());
      this.#set({ state: 'signedOut', info: null });
    });
    void this.#waitForServer();
  }

  /** Tries again at once to reach the server. */
  retryNow(): void {
    this.#lookAgain?.();
    this.open?.connection.retryNow();
  }

  /** Fetches everything anew; what was never accepted stays. */
  startOver(): Promise<void> {
    return this.#inTurn(() => this.#startOver());
  }

  /** Lets go of everything, so that a newer worker can take over. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      const { open } = this;
      this.open = null;
      await open?.close();
    });
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(step);
    this.#queue = result.catch(this.#platform.onError);
    return result;
  }

  #set(state: SessionState): void {
    if (JSON.stringify(state) === JSON.stringify(this.state)) return;
    this.state = state;
    this.#hub.tell({ topic: 'session' });
    this.#hub.tell({ topic: 'status' });
  }

  async #signedIn(user: SessionUser, info: SystemInfo): Promise<void> {
    const account: Account = { database: `muster-${user.id.toLowerCase()}`, user, workspace: info.workspace };
    if (this.open?.account.user.id === user.id && sameWorkspace(this.open.account, account)) {
      this.open.connection.sessionRenewed();
      return;
    }
    await this.#platform.accounts.setLast(account);
    await this.#switchTo(account);
  }

  async #switchTo(account: Account): Promise<void> {
    const { onError } = this.#platform;
    const hub = this.#hub;
    const old = this.open;
    this.open = null;
    await old?.close();
    const opened = await OpenAccount.open(account, {
      platform: this.#platform,
      hub,
      onConnected: () => this.#checkIdentity().catch(onError),
      onStartOver: () => this.startOver().catch(onError),
    });
    this.open = opened;
    this.offlineSince = null;
    this.#set({ state: 'signedIn', user: account.user, workspace: account.workspace });
    for (const topic of ['columns', 'documents', 'status'] as const) hub.tell({ topic });
    await opened.start();
  }

  async #startOver(): Promise<void> {
    const { open } = this;
    if (!open) return;
    this.open = null;
    await open.closeToStartOver();
    await this.#switchTo(open.account);
  }

  /** The browser's session may be somebody else's by now, and the workspace may have been renamed. */
  async #checkIdentity(): Promise<void> {
    const { server } = this.#platform;
    const [user, info] = await Promise.all([server.currentUser(), server.rpc.system.info.query()]);
    if (user) await this.#inTurn(() => this.#signedIn(user, info));
  }

  /** Before anybody has signed in: asks until the server says which screen is next. */
  async #waitForServer(): Promise<void> {
    const { server, now, onError } = this.#platform;
    for (let wait = FIRST_WAIT_MS; !this.open; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        const info = await server.rpc.system.info.query();
        this.offlineSince = null;
        const user = info.needsSetup ? null : await server.currentUser();
        if (user) await this.#inTurn(() => this.#signedIn(user, info));
        else if (!this.open) this.#set(info.needsSetup ? { state: 'setup', info } : { state: 'signedOut', info });
        this.#hub.tell({ topic: 'status' });
        return;
      } catch (error) {
        const failure = toFailure(error);
        if (failure.data.code !== OFFLINE.code) onError(failure);
        this.offlineSince ??= now();
        if (!this.open) this.#set({ state: 'signedOut', info: null });
        this.#hub.tell({ topic: 'status' });
      }
      await new Promise<void>((resolve) => {
        this.#lookAgain = resolve;
        setTimeout(resolve, wait);
      });
      this.#lookAgain = null;
    }
  }
}

function sameWorkspace(a: Account, b: Account): boolean {
  return JSON.stringify(a.workspace) === JSON.stringify(b.workspace);
}
