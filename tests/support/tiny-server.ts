/** A workspace in memory behind the real router: small enough that a test can say what happens when, for devices in Node. */
import { createTRPCClient, TRPCClientError, type TRPCLink } from '@trpc/client';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { observable } from '@trpc/server/observable';
import type { Platform } from '#renderer/data/platform.ts';
import type { AccountBook } from '#renderer/data/store/last-account.ts';
import { DataFailure, OFFLINE } from '#renderer/data/sync/data-failure.ts';
import { sha256 } from '#renderer/data/sync/sha256.ts';
import type { Problem } from '#server/sync/document-check.ts';
import { type Candidate, checkEpoch, checkReach } from '#server/sync/judge.ts';
import { Push } from '#server/sync/push.ts';
import { can, type Role } from '#shared/account/roles.ts';
import type { Caller, Ports } from '#shared/api/ports.ts';
import { type AppRouter, appRouter } from '#shared/api/router.ts';
import { encodeChunk } from '#shared/columns/chunk.ts';
import { columnsOf } from '#shared/columns/rows.ts';
import { personalTables, type TableName, type TailRow } from '#shared/columns/tables.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { UserError } from '#shared/kernel/errors.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { type ChunkRef, type Manifest, PROTOCOL_VERSION } from '#shared/sync/wire.schema.ts';
import type { MemoryBackend } from './memory-backend.ts';

const DAY = 86_400_000;
type Person = { email: string; country: string };

export class TinyServer {
  readonly people = new Map<number, Person>();
  readonly documents = new Map<string, Envelope>();
  /** Events by time; each lies in a chunk of its own. */
  readonly events: number[] = [];
  readonly hellos: Parameters<Ports['devices']['hello']>[1][] = [];
  readonly wiped: string[] = [];
  readonly refused: string[] = [];
  role: Role = 'admin';
  /** What it will not take. */
  objection: (next: Envelope) => Problem | null = () => null;
  up = true;
  /** Who is signed in; null = nobody. */
  userId: string | null = 'ann';
  deviceState: 'active' | 'signedOut' | 'unknown' = 'active';
  protocol = PROTOCOL_VERSION;
  tooOld = false;
  /** Downloads that arrive damaged. */
  damage = 0;
  /** Tails say nothing new for a while. */
  tailHeld = false;
  /** Changes in one answer of a tail, and what the pages after the first wait for. */
  tailPage = Number.POSITIVE_INFINITY;
  tailGate: Promise<void> = Promise.resolve();
  /** What answers to pushes wait for: what they brought is stored, and others hear of it. */
  pushGate: Promise<void> = Promise.resolve();
  /** What answers to devices that say hello wait for. */
  helloGate: Promise<void> = Promise.resolve();
  epoch = 'first';
  /** See feed_counter: how far the epoch's past reaches, and what of deletions is forgotten. */
  epochFrom = 0;
  prunedTo = 0;
  #version = 0;
  #changes: { version: number; id: number }[] = [];
  #chunks = new Map<string, Uint8Array<ArrayBuffer>>();
  #manifest: Manifest | null = null;
  #wake = new Set<() => void>();
  /** Devices that are somebody's whoever else signs in. */
  #ownSessions = new Set<string>();

  get generation(): number {
    return this.#manifest?.generation ?? 0;
  }

  addPerson(id: number, person: Person): void {
    this.people.set(id, person);
    this.#changes.push({ version: ++this.#version, id });
    this.notify();
  }

  /** What the server does in one transaction, but for the new generation: see build(). */
  erase(id: number): void {
    this.people.delete(id);
    this.#changes.push({ version: ++this.#version, id });
    for (const [key, { kind, body }] of this.documents) {
      if (kind === 'contact-edit' && body.contactId === id) this.documents.delete(key);
    }
    const rev = ++this.#version;
    const body = { contactId: id, at: 1 };
    this.documents.set(`erasure:${id}`, { ...envelope(`erasure:${id}`, 'erasure', body), rev });
    this.notify();
  }

  /** Publishes a generation of everything there is now. */
  async build(): Promise<void> {
    const rows = (table: TableName, cells: (id: number, person: Person) => TailRow['cells']) =>
      [...this.people].map(([id, person]) => ({ key: id, cells: cells(id, person), table }));
    const chunks = [
      await this.#chunk(
        'contact',
        0,
        rows('contact', (_, { country }) => ({ country })),
      ),
      await this.#chunk(
        'contactPersonal',
        0,
        rows('contactPersonal', (_, { email }) => ({ email })),
      ),
    ];
    for (const [index, at] of this.events.entries()) {
      const cells = { rowId: index * 65_536, contactId: 1, at, type: 'open' };
      chunks.push({ ...(await this.#chunk('event', index, [{ key: index * 65_536, cells }])), from: at, to: at });
    }
    this.#manifest = {
      epoch: this.epoch,
      generation: this.generation + 1,
      tailFrom: this.#version,
      builtAt: 1,
      personal: true,
      erasedTo: Math.max(0, ...[...this.documents.values()].map(({ kind, rev }) => (kind === 'erasure' ? rev : 0))),
      chunks,
    };
    this.notify();
  }

  /** Tells every stream, and ends those that may not go on. */
  notify(): void {
    for (const wake of this.#wake) wake();
  }

  /** A device on this server. Ids and the clock belong to the test. */
  device(backend: MemoryBackend, book: AccountBook, now: () => number, as: string | null = null): Platform {
    let ids = 0;
    if (as !== null) this.#ownSessions.add(as);
    const reach = async <T>(answer: () => T | Promise<T>): Promise<T> => {
      if (!this.up) throw new DataFailure(OFFLINE);
      return answer();
    };
    return {
      server: {
        rpc: createTRPCClient<AppRouter>({ links: [this.#link(as)] }),
        fetchChunk: (hash) => reach(() => this.#bytes(hash)),
        uploadFile: () => Promise.reject(new Error('Nothing is uploaded here.')),
        signIn: (email) => reach(() => (as === null ? this.#signIn(email) : userOf(as))),
        signOut: () =>
          reach(() => {
            this.userId = null;
          }),
        currentUser: () => reach(() => ((as ?? this.userId) === null ? null : userOf(as ?? this.userId ?? ''))),
      },
      backend,
      accounts: book,
      deviceName: 'A test on Node',
      now,
      newId: () => `id-${as ?? ''}${++ids}-${Math.round(now())}`,
      secretId: () => `device-${++ids}-${'x'.repeat(16)}`,
      sha256,
      storage: async () => ({ used: 1, quota: 2, persisted: true }),
      onError: () => undefined,
    };
  }

  #signIn(email: string) {
    this.userId = email.split('@')[0] ?? email;
    return userOf(this.userId);
  }

  async #chunk(table: TableName, index: number, rows: TailRow[]): Promise<ChunkRef> {
    const bytes = encodeChunk(table, index, columnsOf(table, rows));
    const hash = await sha256(bytes);
    this.#chunks.set(hash, bytes);
    return { table, index, hash, rows: rows.length, bytes: bytes.length, from: null, to: null };
  }

  #bytes(hash: string): Uint8Array<ArrayBuffer> {
    const bytes = this.#chunks.get(hash)?.slice();
    const named = this.#manifest?.chunks.find((ref) => ref.hash === hash);
    const hidden = named && personalTables.includes(named.table) && !can(this.role, 'readPersonal');
    if (!bytes || hidden) throw new DataFailure({ code: 'not_found', message: 'There is no such chunk.' });
    if (this.damage > 0) {
      this.damage--;
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    }
    return bytes;
  }

  #caller(as: string | null): Caller | null {
    const { role } = this;
    const userId = as ?? this.userId;
    return userId === null ? null : { ...userOf(userId), userId, role, sessionId: 's' };
  }

  #ports(): Ports {
    const sync: Ports['sync'] = {
      pull: async (_, { epoch, after, begun }) => {
        checkEpoch({ epoch: this.epoch, version: this.#version }, epoch, after);
        checkReach({ epoch: this.epoch, version: this.#version, prunedTo: this.prunedTo }, after, begun ?? 0);
        const documents = [...this.documents.values()].filter(({ rev }) => rev > after).sort((a, b) => a.rev - b.rev);
        const seen = can(this.role, 'readPersonal') ? documents : documents.filter((one) => !isPersonal(one));
        return {
          epoch: this.epoch,
          epochFrom: this.epochFrom,
          version: this.#version,
          newest: this.#version,
          documents: seen,
          more: false,
        };
      },
      push: async (caller, { epoch, rows }) => {
        checkEpoch({ epoch: this.epoch, version: this.#version }, epoch, 0);
        const push = new Push(caller);
        push.read(rows, this.documents);
        for (const candidate of push.candidates) this.#take(push, candidate);
        this.notify();
        await this.pushGate;
        return push.answer;
      },
      manifest: async () => this.#offered(),
      tail: async (_, { after }) => {
        if (this.tailHeld) return { epoch: this.epoch, version: after, more: false, changed: {}, rows: {} };
        if (after > 0) await this.tailGate;
        const changes = this.#changes.filter(({ version }) => version > after);
        const page = changes.slice(0, this.tailPage);
        const more = page.length < changes.length;
        const ids = [...new Set(page.map(({ id }) => id))];
        const rows = (cells: (person: Person) => TailRow['cells']) =>
          ids.flatMap((key) => {
            const person = this.people.get(key);
            return person ? [{ key, cells: cells(person) }] : [];
          });
        return {
          epoch: this.epoch,
          version: more ? (page.at(-1)?.version ?? after) : this.#version,
          more,
          changed: { contact: ids },
          rows: {
            contact: rows(({ country }) => ({ country })),
            ...(can(this.role, 'readPersonal') ? { contactPersonal: rows(({ email }) => ({ email })) } : {}),
          },
        };
      },
      hints: (caller, signal) => this.#hints(caller, signal),
    };
    const devices: Partial<Ports['devices']> = {
      hello: async (_, input) => {
        this.hellos.push(input);
        await this.helloGate;
        return { role: this.role, leaseDays: 30, serverTime: 1 };
      },
      state: async () => ({ state: this.deviceState }),
      wiped: async (id) => void this.wiped.push(id),
    };
    const system: Ports['system'] = {
      info: async () => ({
        version: '1',
        protocol: this.protocol,
        oldestClient: 1,
        needsSetup: false,
        workspace: { name: 'Tiny', timeZone: 'UTC', currency: 'EUR', defaultRegion: null },
      }),
      setup: async () => undefined,
    };
    return { sync, devices, system } as unknown as Ports;
  }

  async *#hints(caller: Caller, signal: AbortSignal | undefined) {
    while (this.up && this.#isSignedIn(caller.userId) && this.role === caller.role && !signal?.aborted) {
      yield { epoch: this.epoch, version: this.#version, generation: this.generation };
      const woken = Promise.withResolvers<void>();
      this.#wake.add(woken.resolve);
      signal?.addEventListener('abort', () => woken.resolve());
      await woken.promise;
      this.#wake.delete(woken.resolve);
    }
  }

  #isSignedIn(userId: string): boolean {
    return this.userId === userId || this.#ownSessions.has(userId);
  }

  #offered(): Manifest {
    const empty = { epoch: this.epoch, generation: 0, tailFrom: 0, builtAt: 0, erasedTo: 0, chunks: [] };
    const manifest = this.#manifest ?? { ...empty, personal: true };
    if (can(this.role, 'readPersonal')) return manifest;
    return {
      ...manifest,
      personal: false,
      chunks: manifest.chunks.filter(({ table }) => !personalTables.includes(table)),
    };
  }

  #take(push: Push, { next, edit }: Candidate): void {
    const problem = this.objection(next);
    if (problem) {
      push.refuse(next, problem, this.documents.get(next.id));
      return;
    }
    if (edit) {
      const person = this.people.get(edit.contactId);
      if (!person) {
        this.refused.push(next.id);
        push.refuse(next, { code: 'not_found', message: 'This contact does not exist.' }, undefined);
        return;
      }
      Object.assign(person, { [edit.field]: edit.to });
      this.#changes.push({ version: ++this.#version, id: edit.contactId });
    }
    this.put({ ...next, by: push.author.userId });
  }

  /** Stores a document with a revision of its own, as if somebody had written it. */
  put(document: Omit<Envelope, 'rev' | 'at'>): Envelope {
    const stored = { ...document, rev: ++this.#version, at: this.#version };
    this.documents.set(document.id, stored);
    this.notify();
    return stored;
  }

  /** A backup of the documents. */
  backup(): { version: number; documents: Envelope[] } {
    return { version: this.#version, documents: structuredClone([...this.documents.values()]) };
  }

  /** Goes back to a backup, as a new epoch. */
  restore({ version, documents }: ReturnType<TinyServer['backup']>, epoch: string): void {
    this.documents.clear();
    for (const document of documents) this.documents.set(document.id, document);
    this.#version = version;
    this.epochFrom = version;
    this.epoch = epoch;
    if (this.#manifest)
      this.#manifest = { ...this.#manifest, epoch, tailFrom: Math.min(version, this.#manifest.tailFrom) };
    this.notify();
  }

  /** Forgets a tombstone, as the server does after 90 days. */
  prune(id: string): void {
    this.prunedTo = Math.max(this.prunedTo, this.documents.get(id)?.rev ?? 0);
    this.documents.delete(id);
  }

  #link(as: string | null): TRPCLink<AppRouter> {
    return () =>
      ({ op }) =>
        observable((observer) => {
          const abort = new AbortController();
          const fail = (error: unknown) => observer.error(this.#failure(error));
          const ask = async () => {
            if (!this.up) throw new Error('fetch failed');
            if (this.tooOld) throw new UserError('client_too_old', 'Update this app.');
            const ctx = {
              ports: this.#ports(),
              caller: this.#caller(as),
              protocol: PROTOCOL_VERSION,
              oldestClient: 1,
              address: '',
            };
            const caller = appRouter.createCaller(ctx, { signal: abort.signal });
            const procedure = op.path.split('.').reduce<unknown>((at, key) => Reflect.get(Object(at), key), caller);
            if (typeof procedure !== 'function') throw new Error(`There is no ${op.path}.`);
            return procedure(op.input);
          };
          if (op.type === 'subscription') {
            const follow = async () => {
              const hints: AsyncIterable<unknown> = await ask();
              observer.next({ result: { type: 'started' } });
              for await (const data of hints) observer.next({ result: { type: 'data', data } });
              observer.complete();
            };
            follow().catch(fail);
          } else {
            ask().then((data) => {
              observer.next({ result: { type: 'data', data } });
              observer.complete();
            }, fail);
          }
          return () => abort.abort();
        });
  }

  #failure(error: unknown): TRPCClientError<AppRouter> {
    const cause = error instanceof TRPCError ? error.cause : error;
    const known = cause instanceof UserError ? cause : null;
    if (!(error instanceof TRPCError) && !known) {
      return TRPCClientError.from(error instanceof Error ? error : new Error(String(error)));
    }
    const httpStatus = error instanceof TRPCError ? getHTTPStatusCodeFromError(error) : 412;
    const data = { reason: known?.code ?? null, field: null, httpStatus, code: 'X' };
    return TRPCClientError.from({ error: { code: -32_600, message: String(cause), data } } as never);
  }
}

export const days = (count: number): number => count * DAY;

function userOf(id: string) {
  return { id, email: `${id}@example.com`, name: id };
}

function envelope(id: string, kind: string, body: Envelope['body']): Envelope {
  return { id, kind, schemaVersion: 1, rev: 0, body, deleted: false, by: null, at: null };
}

function isPersonal({ kind, body }: Envelope): boolean {
  if (kind !== 'contact-edit') return false;
  return Object.entries(contactFields).some(([field, { personal }]) => personal && field === body.field);
}
