/**
 * One device: the app's own data worker (createDataService) on a disk, a clock and a network of the simulation. It can be
 * opened, closed, reloaded and killed; what lies on its disk stays.
 */
import { createHash } from 'node:crypto';
import { createTRPCClient } from '@trpc/client';
import type { Platform } from '#renderer/data/platform.ts';
import { createDataService, type DataService } from '#renderer/data/service/data-service.ts';
import type { StoreBackend } from '#renderer/data/store/store-backend.ts';
import { DataFailure, OFFLINE, toFailure } from '#renderer/data/sync/data-failure.ts';
import type { AppRouter } from '#shared/api/router.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import { never } from '../server/transactions.ts';
import { SyncBlob } from '../world/crypto.ts';
import type { World } from '../world/world.ts';
import type { DeviceServer } from './device-server.ts';
import { Died, Disk, Gate } from './disk.ts';
import { Network, NetworkError } from './network.ts';
import { closeZombies } from './open-databases.ts';
import { type LinkOptions, simulatedLink } from './trpc-link.ts';

/** Failures that are part of the game: the network's, and answers the app shows to people. */
const EXPECTED = new Set<string>([
  'offline',
  'unauthorized',
  'forbidden',
  'epoch_changed',
  'not_found',
  'not_ready',
  'resync_needed',
  'client_too_old',
]);

const hashOf = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

type Run = { gate: Gate; service: DataService; storage: string };

export class Device {
  readonly name: string;
  readonly userId: string;
  readonly network: Network;
  readonly disk: Disk;
  /** How wrong this device's clock is. */
  skew = 0;
  protocol = PROTOCOL_VERSION;
  /** Somebody is at it. */
  signingIn = false;
  /** Chance that a downloaded chunk arrives damaged. */
  damage = 0;
  readonly #world: World;
  readonly #server: DeviceServer;
  readonly #id: string;
  #run: Run | null = null;
  #ids = 0;

  constructor(world: World, server: DeviceServer, name: string, userId: string) {
    this.name = name;
    this.userId = userId;
    this.#id = hashOf(name).slice(0, 8);
    this.#world = world;
    this.#server = server;
    this.disk = new Disk(name);
    this.network = new Network(world, () => server.up);
  }

  get isOpen(): boolean {
    return this.#run !== null;
  }

  get api(): DataService['api'] {
    // Somebody may be in the middle of something when it dies.
    if (!this.#run) throw new Died(`${this.name} is closed.`);
    return this.#run.service.api;
  }

  now(): number {
    return this.#world.clock.now + this.skew;
  }

  /** Starts the program. */
  open(): void {
    if (this.#run) return;
    const gate: Gate = new Gate(() => this.#died(gate));
    const backend = this.disk.backend(gate, async (text) => hashOf(text instanceof SyncBlob ? text.raw : String(text)));
    this.#run = { gate, service: createDataService(this.#platform(gate, backend)), storage: backend.storage.name };
  }

  /** Ends the program as it wants to be ended. */
  async close(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    await run.service.close();
    run.gate.shut();
  }

  /** The program dies after so many more writes to the disk; at once for 0, not any more for null. */
  kill(writes: number | null): void {
    const run = this.#run;
    if (!run) return;
    if (writes === 0) run.gate.shut();
    else run.gate.fuse = writes;
  }

  signIn(): Promise<void> {
    return this.api.actions.signIn({ email: `${this.userId}@example.com`, password: 'secret-secret' });
  }

  #died(gate: Gate): void {
    const run = this.#run;
    if (run?.gate !== gate) return;
    this.#run = null;
    this.#world.counts.crashes++;
    this.#world.log.add(`${this.name} died`);
    this.network.cut();
    closeZombies(run.storage);
  }

  #platform(gate: Gate, backend: StoreBackend): Platform {
    const { network, name } = this;
    const world = this.#world;
    const server = this.#server;
    const damage = () => this.damage;
    const options: LinkOptions = {
      world,
      server,
      network,
      device: name,
      protocol: () => this.protocol,
      alive: () => gate.open,
    };
    /** Plain HTTP, as the app's own client sees it. */
    const plain = async <T>(what: string, serve: () => Promise<T>): Promise<T> => {
      try {
        const answer = await network.exchange(`${name} ${what}`, serve);
        return gate.open ? answer : never();
      } catch (cause) {
        if (!gate.open) return never();
        if (cause instanceof UserError) throw new DataFailure({ code: cause.code, message: cause.message }, { cause });
        throw new DataFailure(OFFLINE, { cause });
      }
    };
    return {
      server: {
        rpc: createTRPCClient<AppRouter>({ links: [simulatedLink(options)] }),
        async fetchChunk(hash, signal) {
          const arriving = plain(`chunk ${hash.slice(0, 6)}`, () => server.chunk(name, hash));
          const bytes = (await unlessAborted(signal, arriving)).slice();
          if (world.random.chance(damage())) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 255;
          return bytes;
        },
        uploadFile: () => Promise.reject(new Error('Nothing is uploaded here.')),
        signIn: () => plain('signIn', async () => server.signIn(name, this.userId)),
        signOut: () => plain('signOut', async () => server.endSession(name)),
        currentUser: () => plain('currentUser', async () => server.currentUser(name)),
      },
      backend,
      accounts: this.disk.accounts(gate),
      deviceName: name,
      now: () => this.now(),
      newId: () => `0190${this.#id}-${String(++this.#ids).padStart(6, '0')}`,
      secretId: () => crypto.randomUUID(),
      storage: async () => null,
      sha256: async (bytes) => hashOf(bytes),
      onError: (error) => {
        if (gate.open) this.#judge(error);
      },
    };
  }

  #judge(error: unknown): void {
    const cause = error instanceof Error && error.cause instanceof NetworkError;
    const { code } = toFailure(error).data;
    const words = error instanceof Error ? `${error.message}` : String(error);
    this.#world.log.add(`${this.name} error ${code}: ${words.trim().slice(0, 120)}`);
    // RxDB tells of every pull and push that a stop or the network broke, and tries again.
    const retried = error instanceof Error && 'code' in error && ['RC_PULL', 'RC_PUSH'].includes(String(error.code));
    if (cause || retried || EXPECTED.has(code)) return;
    this.#world.problems.push(`${this.name}: ${error instanceof Error ? error.stack : words}`);
  }
}
