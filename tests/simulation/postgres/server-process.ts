/** One process of the real server over a real PostgreSQL: its own pool, hints, sequencer and chunk builder. */
import { getTRPCErrorShape, TRPCError } from '@trpc/server';
import Fastify, { type FastifyInstance } from 'fastify';
import { answerError } from '#server/http/error-answer.ts';
import { composeParts, type Parts } from '#server/parts.ts';
import type { Deps, Service } from '#server/service.ts';
import { openDatabase } from '#server/storage/database.ts';
import { createWake } from '#server/storage/wake.ts';
import { chunkRoutes } from '#server/sync/chunk-routes.ts';
import type { Caller } from '#shared/api/ports.ts';
import { appRouter } from '#shared/api/router.ts';
import { type ErrorCode, UserError } from '#shared/kernel/errors.ts';
import { type Hint, OLDEST_CLIENT } from '#shared/sync/wire.schema.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import type { Answer, Request } from '../device/device-server.ts';
import { type Gates, gatedDatabase } from './gates.ts';

export type ProcessOptions = {
  name: string;
  url: string;
  gates: Gates;
  callerOf: (device: string) => Promise<Caller | null>;
};

export class ServerProcess {
  readonly name: string;
  readonly deps: Deps;
  alive = true;
  readonly #options: ProcessOptions;
  readonly #parts: Parts;
  readonly #services: Service[];
  readonly #http: FastifyInstance;
  readonly #ends = new Set<() => void>();

  constructor(options: ProcessOptions) {
    const { name, gates, callerOf } = options;
    this.name = name;
    this.#options = options;
    const url = new URL(options.url);
    url.searchParams.set('application_name', name);
    const base = openDatabase(url.href, { max: 12, onError: () => undefined });
    const db = gatedDatabase(base, { gates, process: name, alive: () => this.alive });
    const given = createTestDeps(db);
    const wake = createWake({ url: url.href, log: given.log });
    this.deps = { ...given, wake };
    this.#parts = composeParts(this.deps, { say: () => undefined, oldestClient: OLDEST_CLIENT });
    const sync = this.#parts.services.find((service) => service.name === 'sync');
    if (!sync) throw new Error('The server has no part "sync".');
    this.#services = [wake, this.#parts.accounts, sync];
    this.#http = Fastify();
    this.#http.setErrorHandler(answerError);
    this.#http.register(chunkRoutes(this.deps, async ({ headers }) => callerOf(String(headers['x-device']))));
  }

  get ports(): Parts['ports'] {
    return this.#parts.ports;
  }

  async start(): Promise<void> {
    for (const service of this.#services) await service.start();
  }

  /** It dies with everything it was doing: connections break in the middle of transactions. */
  async kill(endConnections: () => Promise<unknown>): Promise<void> {
    this.alive = false;
    for (const end of [...this.#ends]) end();
    await endConnections();
    await this.#close();
  }

  async stop(): Promise<void> {
    await this.#close();
    this.alive = false;
  }

  async #close(): Promise<void> {
    // A dead process cannot give its lease back, and nobody waits for its last words.
    for (const service of this.#services.toReversed()) await service.stop().catch(() => undefined);
    await this.#http.close();
    await this.deps.db.close();
  }

  /** Whoever waits for a process that dies finds the connection broken. */
  #unlessKilled<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error('The server died.'));
      if (!this.alive) return end();
      this.#ends.add(end);
      work()
        .then(resolve, reject)
        .finally(() => this.#ends.delete(end));
    });
  }

  async #procedures(device: string, protocol: number, signal?: AbortSignal) {
    const caller = await this.#options.callerOf(device);
    const ctx = { ports: this.ports, caller, protocol, oldestClient: OLDEST_CLIENT, address: device };
    return appRouter.createCaller(ctx, signal ? { signal } : {});
  }

  /** `onFailure` hears of errors that are the server's own. */
  handle(device: string, request: Request, onFailure: (error: TRPCError) => void): Promise<Answer> {
    const { path, input, type, protocol } = request;
    return this.#unlessKilled(async () => {
      const [router = '', procedure = ''] = path.split('.');
      const routers = (await this.#procedures(device, protocol)) as unknown as Record<
        string,
        Record<string, (input: unknown) => Promise<unknown>>
      >;
      try {
        const call = routers[router]?.[procedure];
        if (!call) throw new TRPCError({ code: 'NOT_FOUND', message: path });
        return { ok: true, data: await call(input) };
      } catch (cause) {
        const error = cause instanceof TRPCError ? cause : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause });
        if (error.code === 'INTERNAL_SERVER_ERROR' && this.alive) onFailure(error);
        const shape = getTRPCErrorShape({ config: appRouter._def._config, error, type, path, input, ctx: undefined });
        return { ok: false, error: shape };
      }
    });
  }

  stream(device: string, protocol: number, signal: AbortSignal): Promise<AsyncIterable<Hint>> {
    const own = new AbortController();
    this.#ends.add(() => own.abort());
    return this.#unlessKilled(async () => {
      const procedures = await this.#procedures(device, protocol, AbortSignal.any([signal, own.signal]));
      return procedures.sync.stream();
    });
  }

  chunk(device: string, hash: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#unlessKilled(async () => {
      const answer = await this.#http.inject({ url: `/chunks/${hash}`, headers: { 'x-device': device } });
      if (answer.statusCode === 200) return new Uint8Array(answer.rawPayload);
      const { error }: { error?: { code: ErrorCode; message: string } } = answer.json();
      throw new UserError(error?.code ?? 'internal', error?.message ?? answer.payload);
    });
  }
}
