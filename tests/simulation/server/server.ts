/**
 * The server of a simulation: the real router, zod schemas, roles and judgement over tables in memory. Processes can be
 * killed, and the database put back to an older state.
 */
import { getTRPCErrorShape, TRPCError } from '@trpc/server';
import { RESTORE_GAP } from '#server/backup/after-restore.ts';
import type { Role } from '#shared/account/roles.ts';
import type { Caller, DevicePort, Ports, SyncPort, SystemPort } from '#shared/api/ports.ts';
import { appRouter } from '#shared/api/router.ts';
import type { Entity } from '#shared/columns/tables.ts';
import { contactEditSchema } from '#shared/contact/contact-edit.schema.ts';
import { erasureId } from '#shared/contact/erasure.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { reviewSchema } from '#shared/sync/review.schema.ts';
import { type Hint, OLDEST_CLIENT, PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import type { Answer, Request, User } from '../device/device-server.ts';
import type { World } from '../world/world.ts';
import { chunk, manifest, pruneGenerations, tail, withdraw } from './columns.ts';
import { type Core, pull, push } from './documents.ts';
import { Intake } from './intake.ts';
import { numberingFor, type Sabotage } from './numbering.ts';
import { copyState, emptyState, type State } from './state.ts';
import { Database, Process } from './transactions.ts';

type SessionRow = { id: string; userId: string };

const LEASE_DAYS = 30;
const HINT_GAP_MS = 50;
const HINT_LOOK_MS = 5_000;

export class SimServer {
  readonly core: Core;
  readonly intake: Intake;
  process = new Process();
  up = true;
  /** By device: whose session it holds. */
  readonly sessions = new Map<string, SessionRow>();
  readonly users: readonly User[];
  /** Devices as the server knows them, by the id they told. */
  readonly devices = new Map<string, { userId: string; sessionId: string | null; ordered: boolean; wiped: boolean }>();
  oldestClient = OLDEST_CLIENT;
  /** Every document ever taken, in order: the oracle's evidence. */
  readonly taken: Envelope[] = [];
  readonly #world: World;
  readonly #waiting = new Set<() => void>();
  #snapshots: State[] = [];
  #epochs = 1;
  #nextSession = 1;

  constructor(world: World, users: readonly User[], sabotage: Sabotage | null) {
    const { random, clock } = world;
    this.#world = world;
    this.users = users;
    const state = emptyState('epoch-1');
    for (const [at, user] of users.entries()) state.roles.set(user.id, at === 0 ? 'admin' : 'marketer');
    const apart = new Set<string>();
    const database = new Database(state, random, (ms) => clock.sleep(ms));
    this.core = {
      database,
      numbering: numberingFor(
        sabotage,
        () => database,
        () => clock.now,
      ),
      sabotage,
      now: () => clock.now,
      notify: () => this.#notify(),
      onConflict: (ids, caller) => {
        world.counts.conflicts += ids.length;
        for (const id of ids) {
          world.log.add(`conflict ${id}`);
          apart.add(`${caller.userId} ${id}`);
        }
      },
      onTaken: (documents, caller) => {
        // What is taken after a conflict is what the client made of both sides.
        for (const { id } of documents) if (apart.delete(`${caller.userId} ${id}`)) world.counts.merges++;
        for (const document of documents) {
          world.log.add(
            `taken ${document.id} rev ${document.rev}${document.deleted ? ' deleted' : ''} by ${caller.userId}`,
          );
          this.taken.push(document);
        }
      },
    };
    this.intake = new Intake(this.core, random);
  }

  get state(): State {
    return this.core.database.state;
  }

  /** The process dies with everything it was doing; another one takes its place. */
  crash(): void {
    this.#world.counts.crashes++;
    this.process.end();
    this.process = new Process();
    this.#notify();
  }

  handle(device: string, request: Request): Promise<Answer> {
    return this.#unlessKilled((process) => this.#call(process, device, request));
  }

  /** Whoever waits for a process that dies finds the connection broken. */
  #unlessKilled<T>(work: (process: Process) => Promise<T>): Promise<T> {
    const { process } = this;
    return new Promise((resolve, reject) => {
      const off = process.onEnd(() => reject(new Error('The server died.')));
      work(process).then(resolve, reject).finally(off);
    });
  }

  async chunk(device: string, hash: string): Promise<Uint8Array<ArrayBuffer>> {
    const caller = this.#caller(device);
    if (!caller) throw new UserError('unauthorized', 'Sign in first.');
    return this.#unlessKilled((process) => chunk(this.core, process, caller, hash));
  }

  /** The stream of hints; a rejected answer is what a stream gets instead of 200. */
  stream(device: string, protocol: number, signal: AbortSignal): Promise<AsyncIterable<Hint>> {
    return this.#unlessKilled(() => this.#procedures(device, protocol, signal).sync.stream());
  }

  signIn(device: string, userId: string): User {
    const user = this.users.find(({ id }) => id === userId);
    if (!user) throw new UserError('unauthorized', 'Nobody is known by this name.');
    this.sessions.set(device, { id: `session-${this.#nextSession++}`, userId });
    return user;
  }

  currentUser(device: string): User | null {
    const session = this.sessions.get(device);
    return this.users.find(({ id }) => id === session?.userId) ?? null;
  }

  endSession(device: string): void {
    this.sessions.delete(device);
    this.#notify();
  }

  setRole(userId: string, role: Role): void {
    this.state.roles.set(userId, role);
    this.#notify();
  }

  /** From afar: the session ends, the device is ordered to delete what it holds. */
  signOutDevice(deviceId: string): void {
    const device = this.devices.get(deviceId);
    if (!device) return;
    device.ordered = true;
    for (const [key, session] of this.sessions) if (session.id === device.sessionId) this.sessions.delete(key);
    this.#notify();
  }

  takeSnapshot(): void {
    this.#snapshots.push(copyState(this.state));
    if (this.#snapshots.length > 3) this.#snapshots.shift();
  }

  /** Puts the database back to an older state; answers false when there is none. */
  restore(): boolean {
    const snapshot = this.#snapshots.length > 0 ? this.#world.random.pick(this.#snapshots) : null;
    if (!snapshot) return false;
    const epoch = `epoch-${++this.#epochs}`;
    const { version, epochFrom: before } = snapshot;
    const epochFrom = before === 0 ? version : Math.min(before, version);
    this.core.database.replace({ ...copyState(snapshot), epoch, epochFrom, version: version + RESTORE_GAP });
    this.crash();
    return true;
  }

  pruneGenerations(): void {
    pruneGenerations(this.state);
  }

  /** [TOMB-1] Forgets tombstones and taken edits up to an older version. */
  pruneDocuments(upTo: number): void {
    const { documents } = this.state;
    for (const [id, { deleted, kind, rev }] of documents) {
      if (rev <= upTo && (deleted || kind === 'contact-edit')) documents.delete(id);
    }
    this.state.prunedTo = Math.max(this.state.prunedTo, upTo);
  }

  /** [ERASE-1] One transaction. */
  async erase(contactId: number): Promise<void> {
    const { database, numbering } = this.core;
    const process = this.process;
    await database.transaction(process, async (tx) => {
      await tx.lock(`contact:${contactId}`);
      if (!(await tx.read((state) => state.contacts.has(contactId)))) return;
      await tx.lock('generations');
      const found = await tx.read((state) => ({
        orders: [...state.orders].filter(([, { cells }]) => cells.contactId === contactId).map(([key]) => key),
        events: [...state.events].filter(([, cells]) => cells.contactId === contactId).map(([key]) => key),
      }));
      const most = this.state.documents.size + found.orders.length + found.events.length + 50;
      let version = await numbering.take(tx, most);
      tx.write((state) => {
        const touched = new Map<Entity, Set<number>>([
          ['contact', new Set([contactId])],
          ['order', new Set(found.orders)],
          ['event', new Set(found.events)],
        ]);
        state.contacts.delete(contactId);
        for (const key of found.orders) {
          const order = state.orders.get(key);
          if (order) order.cells.contactId = 0;
        }
        for (const key of found.events) state.events.delete(key);
        for (const [entity, keys] of touched) {
          for (const key of keys) state.changes.push({ version: version++, entity, key });
        }
        for (const document of state.documents.values()) {
          if (!isAbout(document, contactId)) continue;
          Object.assign(document, {
            body: {},
            deleted: true,
            rev: version++,
            by: null,
            at: this.core.now(),
            xid: tx.xid,
          });
        }
        const id = erasureId(contactId);
        const rev = version++;
        const body = { contactId, at: this.core.now() };
        const at = this.core.now();
        state.documents.set(id, {
          id,
          kind: 'erasure',
          schemaVersion: 1,
          rev,
          body,
          deleted: false,
          by: null,
          at,
          xid: tx.xid,
        });
        state.erasedTo = rev;
        withdraw(state, touched);
      });
    });
    this.#notify();
  }

  /** Writes a document as the server itself does, or a newer app would. */
  async publish(document: Omit<Envelope, 'rev' | 'by' | 'at'>): Promise<void> {
    const { database, numbering } = this.core;
    await database.transaction(this.process, async (tx) => {
      const rev = await numbering.take(tx, 1);
      tx.write((state) => {
        state.documents.set(document.id, { ...document, rev, by: null, at: this.core.now(), xid: tx.xid });
      });
    });
    this.#notify();
  }

  #notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #callerOf(session: SessionRow | undefined): Caller | null {
    const user = this.users.find(({ id }) => id === session?.userId);
    const role = this.state.roles.get(session?.userId ?? '');
    return session && user && role
      ? { userId: user.id, email: user.email, name: user.name, role, sessionId: session.id }
      : null;
  }

  #caller(device: string): Caller | null {
    return this.#callerOf(this.sessions.get(device));
  }

  #procedures(device: string, protocol: number, signal?: AbortSignal) {
    const ctx = {
      ports: this.#ports(this.process),
      caller: this.#caller(device),
      protocol,
      oldestClient: this.oldestClient,
      address: device,
    };
    return appRouter.createCaller(ctx, signal ? { signal } : {});
  }

  async #call(process: Process, device: string, { path, input, type, protocol }: Request): Promise<Answer> {
    const [router = '', procedure = ''] = path.split('.');
    const routers = this.#procedures(device, protocol) as unknown as Record<
      string,
      Record<string, (input: unknown) => Promise<unknown>>
    >;
    try {
      const call = routers[router]?.[procedure];
      if (!call) throw new TRPCError({ code: 'NOT_FOUND', message: path });
      return { ok: true, data: await call(input) };
    } catch (cause) {
      if (!process.alive) throw cause;
      const error = cause instanceof TRPCError ? cause : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause });
      if (error.code === 'INTERNAL_SERVER_ERROR' && this.core.sabotage !== 'push-throws') {
        this.#world.problems.push(`server: ${path}: ${error.stack ?? error.message}`);
      }
      const shape = getTRPCErrorShape({ config: appRouter._def._config, error, type, path, input, ctx: undefined });
      return { ok: false, error: shape };
    }
  }

  #ports(process: Process): Ports {
    const { core } = this;
    const sync: SyncPort = {
      pull: (caller, input) => pull(core, process, caller, input),
      push: (caller, input) => push(core, process, caller, input),
      manifest: (caller) => manifest(core, process, caller),
      tail: (caller, input) => tail(core, process, caller, input),
      hints: (caller, signal) => this.#hints(process, caller, signal),
    };
    const system: Pick<SystemPort, 'info'> = {
      info: async () => ({
        version: '0.0.0',
        protocol: PROTOCOL_VERSION,
        oldestClient: this.oldestClient,
        needsSetup: false,
        workspace: { name: 'Simulation', timeZone: 'UTC', currency: 'USD', defaultRegion: null },
      }),
    };
    const ports: Partial<Ports> = { sync, system: system as SystemPort, devices: this.#devicePort() };
    return ports as Ports;
  }

  #devicePort(): DevicePort {
    return {
      hello: async (caller, { deviceId }) => {
        const known = this.devices.get(deviceId);
        if (known?.ordered && !known.wiped) {
          for (const [key, session] of this.sessions) if (session.id === caller.sessionId) this.sessions.delete(key);
          throw new UserError(
            'unauthorized',
            'This device was signed out. Its data is deleted first; then sign in again.',
          );
        }
        this.devices.set(deviceId, {
          userId: caller.userId,
          sessionId: caller.sessionId,
          ordered: false,
          wiped: false,
        });
        return { role: caller.role, leaseDays: LEASE_DAYS, serverTime: this.core.now() };
      },
      list: async () => [],
      signOut: async (_caller, id) => this.signOutDevice(id),
      state: async (id) => {
        const device = this.devices.get(id);
        if (!device) return { state: 'unknown' };
        return { state: device.ordered ? 'signedOut' : 'active' };
      },
      wiped: async (id) => {
        const device = this.devices.get(id);
        if (device) device.wiped = true;
      },
    };
  }

  async *#hints(process: Process, caller: Caller, signal: AbortSignal | undefined): AsyncGenerator<Hint, void, void> {
    let ended = false;
    let changed = true;
    let wake = (): void => undefined;
    const poke = () => {
      changed = true;
      wake();
    };
    const end = () => {
      ended = true;
      wake();
    };
    this.#waiting.add(poke);
    // A statement of a killed process never comes back; its stream breaks off all the same, as a socket does.
    const killed = new Promise<null>((resolve) => {
      process.onEnd(() => resolve(null));
    });
    const off = process.onEnd(end);
    signal?.addEventListener('abort', end);
    const pause = (ms: number, over: () => boolean) =>
      new Promise<void>((resolve) => {
        if (over()) return resolve();
        const timer = setTimeout(resolve, ms);
        wake = () => {
          if (!over()) return;
          clearTimeout(timer);
          resolve();
        };
      });
    // ROLE-4: a stream ends when the session or the role it was opened with does.
    const stands = () => {
      const session = [...this.sessions.values()].find(({ id }) => id === caller.sessionId);
      return this.#callerOf(session)?.role === caller.role;
    };
    try {
      let last: Hint | null = null;
      while (!ended && stands()) {
        changed = false;
        const read = this.core.database.read(process, (state) => ({
          epoch: state.epoch,
          version: this.core.numbering.version(state),
          generation: state.generations.at(-1)?.id ?? 0,
        }));
        const hint = await Promise.race([read, killed]);
        if (!hint || ended || !stands()) return;
        if (JSON.stringify(hint) !== JSON.stringify(last)) {
          last = hint;
          yield hint;
        }
        await pause(HINT_GAP_MS, () => ended);
        await pause(HINT_LOOK_MS, () => changed || ended);
      }
    } finally {
      off();
      this.#waiting.delete(poke);
      signal?.removeEventListener('abort', end);
    }
  }
}

function isAbout({ kind, body }: Envelope, contactId: number): boolean {
  if (kind === 'contact-edit') return contactEditSchema.safeParse(body).data?.contactId === contactId;
  if (kind === 'review') return reviewSchema.safeParse(body).data?.about.contactId === contactId;
  return false;
}
