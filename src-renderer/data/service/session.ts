/** Who is signed in on this device. Offline the last account opens; the server is asked as soon as it is there. */
import type { Keep, SessionState } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import { type Forgetting, VaultLocked } from '#renderer/data/store/keyring.ts';
import type { Account } from '#renderer/data/store/last-account.ts';
import { SealError } from '#renderer/data/store/sealer.ts';
import { databaseOf, destroyStore } from '#renderer/data/store/user-store.ts';
import { DataFailure, OFFLINE, toFailure } from '#renderer/data/sync/data-failure.ts';
import type { SessionUser } from '#renderer/data/sync/server-client.ts';
import { Stopped } from '#renderer/data/sync/under-way.ts';
import type { SystemInfo } from '#shared/api/ports.ts';
import type { AccountDeps, StartOver } from './account-deps.ts';
import type { ChangeHub } from './change-hub.ts';
import { leaseExpired } from './lease.ts';
import { OpenAccount } from './open-account.ts';
import { OwnDevice } from './own-device.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const UNOPENED = 'The data on this device could not be opened. Sign in to try again.';
const WIPED = 'This device was signed out from another one. Its data was deleted, with what had not been sent.';
const UNTOLD =
  'The server could not be told that you signed out. This device ends its session there as soon as the server answers; it also ends by itself after a while, and you can end it from another device, under Settings, Devices.';
const EXPIRED =
  'This device had not reached the server for too long, so its data was deleted. Sign in to fetch it again.';

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
  /** Why nobody is signed in, when it was not asked for here. */
  #notice: string | null = null;
  /** The session is being ended at the server. */
  #ending: Promise<void> | null = null;

  constructor(platform: Platform, hub: ChangeHub) {
    this.#platform = platform;
    this.#hub = hub;
  }

  /** Resolves when the first screen is known. */
  async start(): Promise<void> {
    await this.#inTurn(async () => {
      const gone = await this.#dropExpired();
      if (await this.#platform.accounts.endOwed()) {
        // Signed out is signed out, also when that was cut short.
        await this.#platform.accounts.setLast(null);
        this.#notice = UNTOLD;
        return;
      }
      const last = await this.#platform.accounts.last();
      if (!last) {
        this.#notice = await this.#platform.accounts.notice();
        return;
      }
      const account = { ...last, database: databaseOf(last.user.id) };
      if (gone.has(account.database)) await this.#endedBy(EXPIRED);
      else await this.#openOrSay(account);
    });
    if (!this.open) void this.#waitForServer();
  }

  /** The account that is open, once what is under way has been done; rejects when nobody is signed in. */
  async account(): Promise<OpenAccount> {
    if (!this.open) await this.#queue;
    if (this.open) return this.open;
    throw new DataFailure({ code: 'unauthorized', message: 'Sign in first.' });
  }

  /**
   * Asks the open account. It is not closed before it has answered; what it can answer no more, because it would have to
   * wait for the server first, is asked of the account that is opened next. Nothing is written before such a wait.
   */
  async ask<T>(question: (account: OpenAccount) => Promise<T>): Promise<T> {
    for (;;) {
      const account = await this.account();
      try {
        return await account.answer(() => question(account));
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      }
    }
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
    // A session that is still to be ended would otherwise end the new one.
    await this.#endOwedSession();
    const user = await server.signIn(email, password);
    const info = await server.rpc.system.info.query().catch((error: unknown) => {
      // The server knows who this is now: once it answers again, nobody has to sign in a second time.
      void this.#waitForServer();
      throw error;
    });
    await this.#inTurn(() => this.#signedIn(user, info));
  }

  /** Needs no server: one that cannot be told now is told as soon as it answers. */
  async signOut(waiting: 'keep' | 'discard'): Promise<void> {
    await this.#platform.accounts.setEndOwed(true);
    const told = await this.#endOwedSession().then(
      () => true,
      (error: unknown) => {
        if (toFailure(error).data.code !== OFFLINE.code) this.#platform.onError(error);
        return false;
      },
    );
    await this.#inTurn(async () => {
      const open = await this.#letGo();
      await this.#platform.accounts.setLast(null);
      // Nothing of this account stays on the device, unless that would lose work.
      const keep = open && waiting === 'keep' && (await hasUnsent(open));
      if (open) await (keep ? open.close() : this.#remove(open));
      this.#notice = told ? null : UNTOLD;
      this.#set(this.#signedOut(null));
    });
    void this.#waitForServer();
  }

  /** Ends the session of somebody who signed out without the server; nothing else is asked with that session. */
  #endOwedSession(): Promise<void> {
    const { accounts, server } = this.#platform;
    const end = async () => {
      if (await accounts.endOwed()) {
        await server.signOut();
        await accounts.setEndOwed(false);
      }
      if (this.#notice === UNTOLD) this.#notice = null;
    };
    this.#ending ??= end().finally(() => {
      this.#ending = null;
    });
    return this.#ending;
  }

  /** Tries again at once to reach the server. */
  retryNow(): void {
    this.#lookAgain?.();
    this.open?.connection.retryNow();
  }

  /** Fetches everything anew; what was never accepted stays. */
  startOver(how: StartOver): Promise<void> {
    return this.#inTurn(() => this.#reopen((open) => open.closeToStartOver(how)));
  }

  /** What is kept on this device; gives up at once what is not to be kept any more. */
  async setKeep(keep: Keep): Promise<void> {
    await this.ask(async (open) => open.personalChanged(await open.device.wished(keep)));
    await this.#queue;
    await this.ask(({ columns }) => columns.keepChanged());
  }

  /** Lets go of everything, so that a newer worker can take over. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      const open = await this.#letGo();
      await open?.close();
    });
  }

  /** From now on nobody asks the account that was open; those who did have their answers. */
  async #letGo(): Promise<OpenAccount | null> {
    const { open } = this;
    this.open = null;
    await open?.settle();
    return open;
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(step);
    this.#queue = result.catch(this.#platform.onError);
    return result;
  }

  #signedOut(info: SystemInfo | null): SessionState {
    return { state: 'signedOut', info, ...(this.#notice === null ? {} : { notice: this.#notice }) };
  }

  #set(state: SessionState): void {
    if (state.state === 'signedIn') this.#notice = null;
    if (JSON.stringify(state) === JSON.stringify(this.state)) return;
    this.state = state;
    this.#hub.tell({ topic: 'session' });
    this.#hub.tell({ topic: 'status' });
  }

  async #signedIn(user: SessionUser, info: SystemInfo): Promise<void> {
    const account: Account = { database: databaseOf(user.id), user, workspace: info.workspace };
    if (this.open?.account.user.id === user.id && sameWorkspace(this.open.account, account)) {
      this.open.connection.sessionRenewed();
      return;
    }
    await this.#platform.accounts.setLast(account);
    await this.#platform.accounts.setNotice(null);
    await this.#switchTo(account);
  }

  async #switchTo(account: Account): Promise<void> {
    const old = await this.#letGo();
    await old?.close();
    const opened = await this.#openStore(account);
    this.open = opened;
    this.offlineSince = null;
    this.#set({ state: 'signedIn', user: account.user, workspace: account.workspace });
    for (const topic of ['columns', 'documents', 'status'] as const) this.#hub.tell({ topic });
    await opened.start();
  }

  async #openStore(account: Account): Promise<OpenAccount> {
    const device = await OwnDevice.open(this.#platform, account.database);
    try {
      return await OpenAccount.open(account, device, this.#accountDeps());
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      // What was sealed cannot be opened by anybody any more.
      this.#platform.onError(error);
      await destroyStore(account.database, this.#platform.backend);
      return OpenAccount.open(account, device, this.#accountDeps(), 'unreadable');
    }
  }

  /** Opens without a person asking: what fails is told on the sign-in screen, and tried again with the server's help. */
  async #openOrSay(account: Account): Promise<void> {
    try {
      await this.#switchTo(account);
    } catch (error) {
      this.#platform.onError(error);
      this.#notice = error instanceof VaultLocked ? error.message : UNOPENED;
      this.#set(this.#signedOut(null));
    }
  }

  #accountDeps(): AccountDeps {
    const { onError } = this.#platform;
    return {
      platform: this.#platform,
      hub: this.#hub,
      onConnected: () => void this.#checkIdentity().catch(onError),
      onStartOver: (restored) => void this.startOver({ restored }).catch(onError),
      onForget: (what, erasedTo) => void this.#forget(what, erasedTo).catch(onError),
      onSessionEnded: () => this.#askWhySessionEnded(),
      onLeaseExpired: () => void this.#inTurn(() => this.#leave(EXPIRED)).catch(onError),
    };
  }

  /** Closes the open account in some way, and opens it again. Questions wait meanwhile. */
  async #reopen(close: (open: OpenAccount) => Promise<void>): Promise<void> {
    const open = await this.#letGo();
    if (!open) return;
    await close(open);
    await this.#openOrSay(open.account);
    if (!this.open) void this.#waitForServer();
  }

  /** Nothing of what has to go is shown any more: what stays is sealed with a new key, and the old one is destroyed. */
  #forget(what: Forgetting, erasedTo: number): Promise<void> {
    return this.#inTurn(async () => {
      const { open } = this;
      if (!open) return;
      // Asked for twice, it was done meanwhile.
      const done = what.personal ? open.store.keyring.erasedTo >= erasedTo : open.device.record.personal === false;
      if (done) return;
      await this.#reopen(async () => {
        await open.store.keyring.rotate(what, erasedTo);
        if (!what.personal) await open.device.save({ personal: false });
        await open.close();
      });
    });
  }

  /** Only a device that was signed out from afar deletes its data; one whose session just ended keeps it. */
  async #askWhySessionEnded(): Promise<void> {
    const { open } = this;
    if (!open) return;
    const { state } = await this.#platform.server.rpc.device.state.query({ id: open.device.record.deviceId });
    if (state !== 'signedOut') return;
    void this.#inTurn(async () => {
      if (this.open !== open) return;
      await open.device.save({ wiped: true });
      await this.#leave(WIPED);
    }).catch(this.#platform.onError);
  }

  /** Deletes everything of the open account, unsent changes included, and says why. */
  async #leave(why: string): Promise<void> {
    const open = await this.#letGo();
    if (!open) return;
    await open.remove();
    if (!open.device.record.wiped) await this.#platform.accounts.dropDevice(open.account.database);
    await this.#endedBy(why);
    void this.#waitForServer();
  }

  async #endedBy(why: string): Promise<void> {
    await this.#platform.accounts.setLast(null);
    await this.#platform.accounts.setNotice(why);
    this.#notice = why;
    this.#set({ state: 'signedOut', info: null, notice: why });
  }

  /** Removes the data of somebody who signs out here. */
  async #remove(open: OpenAccount): Promise<void> {
    await open.remove();
    await this.#platform.accounts.setDevice({ ...open.device.record, wiped: true });
  }

  /** Stores that did not reach the server for too long are destroyed, whoever starts the app. Answers which. */
  async #dropExpired(): Promise<Set<string>> {
    const { accounts, backend, now } = this.#platform;
    const expired = (await accounts.devices()).filter((record) => leaseExpired(record, now()));
    for (const { database } of expired) {
      await destroyStore(database, backend);
      await accounts.dropDevice(database);
    }
    return new Set(expired.map(({ database }) => database));
  }

  /** Other stores of this device: those signed out from afar are destroyed, and the server learns what is gone. */
  async #settleOthers(): Promise<void> {
    const { accounts, backend, server } = this.#platform;
    for (const { database, deviceId: id, wiped } of await accounts.devices()) {
      if (database === this.open?.account.database) continue;
      const gone = wiped || (await server.rpc.device.state.query({ id })).state === 'signedOut';
      if (!gone) continue;
      await destroyStore(database, backend);
      await server.rpc.device.wiped.mutate({ id });
      await accounts.dropDevice(database);
    }
  }

  /** The browser's session may be somebody else's by now, and the workspace may have been renamed. */
  async #checkIdentity(): Promise<void> {
    const { server } = this.#platform;
    await this.#endOwedSession();
    const [user, info] = await Promise.all([server.currentUser(), server.rpc.system.info.query()]);
    if (user) await this.#inTurn(() => this.#signedIn(user, info));
    await this.#settleOthers();
  }

  /** Before anybody has signed in: asks until the server says which screen is next. */
  async #waitForServer(): Promise<void> {
    const { server, now, onError } = this.#platform;
    for (let wait = FIRST_WAIT_MS; !this.open; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        const info = await server.rpc.system.info.query();
        this.offlineSince = null;
        await this.#endOwedSession();
        const user = info.needsSetup ? null : await server.currentUser();
        if (user) await this.#inTurn(() => this.#signedIn(user, info));
        else if (!this.open) this.#set(info.needsSetup ? { state: 'setup', info } : this.#signedOut(info));
        await this.#settleOthers();
        this.#hub.tell({ topic: 'status' });
        return;
      } catch (error) {
        const failure = toFailure(error);
        if (failure.data.code !== OFFLINE.code) onError(failure);
        this.offlineSince ??= now();
        if (!this.open) this.#set(this.#signedOut(null));
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

/** Whether something of the person's own exists here only: a text on its way, or one the server refused. */
async function hasUnsent({ documents }: OpenAccount): Promise<boolean> {
  return (await documents.waiting()).length > 0 || (await documents.refusals.all()).size > 0;
}
