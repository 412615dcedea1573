/**
 * Columns over the wire. A generation is taken into use at once when all its chunks are here; until then the old one
 * serves. The tail is fetched from where the generation ends, kept page by page, and so survives a reload without server.
 */
import type { Engine } from '#renderer/data/columns/engine.ts';
import type { Keep } from '#renderer/data/data-api.ts';
import type { ChunkStore } from '#renderer/data/store/chunks.ts';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import { isStorageFull } from '#renderer/data/store/storage-full.ts';
import { personalTables, type TableName, tableNames } from '#shared/columns/tables.ts';
import type { TablePart } from '#shared/columns/view.ts';
import type { Hint, TailOutput } from '#shared/sync/wire.schema.ts';
import { fetchMissing, fetchOne } from './chunk-fetch.ts';
import { ChunkLoader } from './chunk-loader.ts';
import type { Connection } from './connection.ts';
import { type DataFailure, toFailure } from './data-failure.ts';
import { type HeldManifest, heldManifestSchema, isSameGeneration, whatToKeep } from './kept-chunks.ts';
import { OrderLines } from './order-lines.ts';
import type { Server } from './server-client.ts';
import { TailLog } from './tail-log.ts';
import { Stopped } from './under-way.ts';

const MANIFEST = 'manifest';
const TAIL_LIMIT = 20_000;
/** Between two looks at the server while hints keep coming. */
const PAUSE_MS = 250;
/** Before a full device is tried again without being asked to. */
const FULL_MS = 60_000;

export type ColumnSyncOptions = {
  engine: Engine;
  chunks: ChunkStore;
  meta: MetaStore;
  connection: Connection;
  server: Server;
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  now: () => number;
  onChange: () => void;
  /** A look at the server ended well: the columns are in step. */
  onSettled: () => void;
  /** The device ran full, or is not any more. */
  onSpace: () => void;
  onTransfer: (transfer: { done: number; total: number } | null) => void;
  onEpochChanged: () => void;
  /** Another generation is in use. */
  onGeneration: () => void;
  /** What this device keeps. */
  keep: () => Keep;
  onError: (error: unknown) => void;
};

export class ColumnSync {
  readonly #options: ColumnSyncOptions;
  readonly #loader: ChunkLoader;
  readonly #tail: TailLog;
  readonly #abort = new AbortController();
  readonly #lines: OrderLines;
  #manifest: HeldManifest | null = null;
  /** Contacts that were erased, while the generation in use still holds them. */
  #masked: readonly number[] = [];
  /** When the device was last found to be full. */
  #fullAt: number | null = null;
  /** From which version on a long tail is being fetched; null while none is. */
  #arrivingFrom: number | null = null;
  #wanted: Hint | null = null;
  #round: Promise<void> | null = null;
  /** What is read before anybody needs it. */
  #ahead: Promise<void> = Promise.resolve();
  #again = false;

  constructor(options: ColumnSyncOptions) {
    this.#options = options;
    this.#loader = new ChunkLoader(options.chunks, (ref) =>
      fetchOne(ref, {
        chunks: options.chunks,
        server: options.server,
        sha256: options.sha256,
        signal: this.#abort.signal,
        call: (action) => options.connection.attempt(action),
      }),
    );
    this.#lines = new OrderLines({ engine: options.engine, loader: this.#loader, manifest: () => this.#manifest });
    this.#tail = new TailLog(options.meta);
  }

  /** True once some generation, from this device or the server, is in use. */
  get hasGeneration(): boolean {
    return this.#manifest !== null;
  }

  get generation(): number {
    return this.#manifest?.generation ?? 0;
  }

  /** The tail is complete up to this version. */
  get version(): number {
    return this.#manifest ? Math.max(this.#tail.version, this.#manifest.tailFrom) : 0;
  }

  /** The device was full when a generation was to be stored; the one before serves on. */
  get full(): boolean {
    return this.#fullAt !== null;
  }

  /** What of the server's data is here. */
  get held(): HeldManifest | null {
    return this.#manifest;
  }

  get epoch(): string | null {
    return this.#manifest?.epoch ?? null;
  }

  /** Opens what this device holds. Contact tables are read at once, orders behind them, the rest when somebody asks. */
  async open(): Promise<void> {
    const manifest = await this.#options.meta.get(MANIFEST, heldManifestSchema);
    if (!manifest) return;
    // Read ahead for the first page's figures; whoever needs them meets a failure himself.
    this.#ahead = this.#loader.load(manifest, ['order']).then(() => undefined, this.#options.onError);
    try {
      await this.#tail.open(manifest);
      await this.#use(manifest, ['contact', 'contactPersonal']);
    } catch (error) {
      // Without its bytes a generation is of no use: it is fetched again as if there had been none.
      this.#options.onError(error);
    }
  }

  /** Resolves when these tables of the generation in use can be read; rejects with Stopped when that ends before. */
  async need(wanted: readonly TableName[]): Promise<void> {
    const { engine } = this.#options;
    for (;;) {
      const manifest = this.#manifest;
      if (!manifest) return;
      const missing = wanted.filter((table) => !this.#isHere(table));
      if (missing.length === 0) return;
      const base = await this.#loader.load(manifest, missing);
      // Another generation may have come meanwhile: then these chunks are of no use.
      if (manifest !== this.#manifest) continue;
      engine.store.setBase(base);
      if (missing.includes('orderLine')) this.#lines.holdAll(manifest);
    }
  }

  #isHere(table: TableName): boolean {
    return table === 'orderLine' ? this.#lines.all : this.#options.engine.store.has(table);
  }

  /** Resolves when the lines of these orders can be read. */
  needLines(orderRowIds: readonly number[]): Promise<void> {
    return this.#lines.need(orderRowIds);
  }

  /** Hides contacts at once, also where the generation in use still holds them. */
  mask(contacts: readonly number[]): void {
    const known = new Set(this.#masked);
    this.#masked = contacts;
    const fresh = contacts.filter((id) => !known.has(id));
    if (fresh.length > 0) this.#options.engine.store.addTail(maskOf(fresh));
  }

  /** Gives up at once what is not to be kept any more, also offline; what is to be kept again is fetched. */
  async keepChanged(): Promise<void> {
    const manifest = this.#manifest;
    if (manifest) {
      const { keep, now, chunks } = this.#options;
      const smaller = whatToKeep(manifest, keep(), now());
      if (!isSameGeneration(manifest, smaller)) await this.#switch(smaller);
      await chunks.keepOnly(hashesOf(smaller));
    }
    this.refresh(null);
  }

  /** Something changed on the server, or the stream was away: look again soon. */
  refresh(hint: Hint | null): void {
    if (this.#abort.signal.aborted) return;
    if (hint) {
      if (this.epoch !== null && hint.epoch !== this.epoch) {
        this.#options.onEpochChanged();
        return;
      }
      this.#wanted = hint;
      if (hint.generation === this.generation && hint.version <= this.version) return;
    }
    if (this.#round) {
      this.#again = true;
      return;
    }
    this.#round = this.#run(hint === null).finally(() => {
      this.#round = null;
    });
  }

  /** Resolves when no look at the server is under way. */
  async settled(): Promise<void> {
    while (this.#round) await this.#round;
  }

  /** Forgets generation and tail of this device; chunks stay, because their address proves what they hold. */
  async forget(): Promise<void> {
    await this.#tail.clear();
    await this.#options.meta.remove([MANIFEST]);
  }

  /** Whoever waits for bytes from the server waits no more. */
  giveUp(): void {
    this.#abort.abort(new Stopped());
  }

  async stop(): Promise<void> {
    this.giveUp();
    await this.settled();
    await this.#ahead;
  }

  async #run(force: boolean): Promise<void> {
    let askManifest = force;
    do {
      this.#again = false;
      try {
        if (askManifest || !this.#manifest || (this.#wanted && this.#wanted.generation !== this.generation)) {
          await this.#takeGeneration(askManifest).catch((error) => this.#ranFull(error));
        }
        await this.#takeTail();
        if (this.#manifest && !this.#again) this.#options.onSettled();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        if (isStorageFull(error)) await this.#ranFull(error);
        else this.#options.onError(error);
      }
      askManifest = false;
      if (this.#again) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } while (this.#again && !this.#abort.signal.aborted);
  }

  async #takeGeneration(asked: boolean): Promise<void> {
    const { connection, server, sha256, chunks, onTransfer, keep, now } = this.#options;
    if (this.#fullAt !== null && !asked && now() - this.#fullAt < FULL_MS) return;
    const offered = await connection.insist(() => server.rpc.sync.manifest.query());
    const held = this.#manifest;
    if (held && offered.epoch !== held.epoch) {
      this.#options.onEpochChanged();
      return;
    }
    const manifest = whatToKeep({ ...offered, eventsFrom: null }, keep(), now());
    if (held && isSameGeneration(held, manifest)) return this.#foundRoom();
    // What neither generation names may be in the way.
    if (this.full) await chunks.keepOnly(hashesOf(manifest, held));
    const complete = await fetchMissing(manifest, {
      chunks,
      server,
      sha256,
      connection,
      signal: this.#abort.signal,
      onTransfer,
    });
    // A chunk was gone: the server has a newer generation by now.
    if (!complete) {
      this.#again = true;
      return;
    }
    await this.#switch(manifest);
    onTransfer(null);
    this.#foundRoom();
    await chunks.keepOnly(hashesOf(manifest));
    this.#options.onGeneration();
  }

  /** Takes a generation into use whose chunks are all here. */
  async #switch(manifest: HeldManifest): Promise<void> {
    await this.#options.meta.set(MANIFEST, manifest);
    await this.#tail.rebase(manifest);
    await this.#use(manifest, ['contact', 'contactPersonal']);
    this.#options.onChange();
  }

  /** The generation in use serves on; what was fetched of the next one gives its space back. */
  async #ranFull(error: unknown): Promise<void> {
    if (!isStorageFull(error)) throw error;
    const { chunks, now, onTransfer, onSpace } = this.#options;
    this.#fullAt = now();
    onTransfer(null);
    if (this.#manifest) await chunks.keepOnly(hashesOf(this.#manifest));
    onSpace();
  }

  #foundRoom(): void {
    if (this.#fullAt === null) return;
    this.#fullAt = null;
    this.#options.onSpace();
  }

  /** Loads the given tables, and those in use already, then switches without a gap in between. */
  async #use(manifest: HeldManifest, wanted: readonly TableName[]): Promise<void> {
    const { store } = this.#options.engine;
    const base = new Map<TableName, TablePart[]>();
    for (;;) {
      const missing = tableNames.filter(
        (table) =>
          !base.has(table) && (table === 'orderLine' ? this.#lines.all : wanted.includes(table) || store.has(table)),
      );
      if (missing.length === 0) break;
      for (const [table, parts] of await this.#loader.load(manifest, missing)) base.set(table, parts);
    }
    this.#loader.keepOnly(manifest);
    store.reset(base, [...this.#tail.pages(), maskOf(this.#masked)]);
    this.#lines.holdNone();
    if (base.has('orderLine')) this.#lines.holdAll(manifest);
    this.#manifest = manifest;
    this.#note();
  }

  async #takeTail(): Promise<void> {
    const { connection, server, engine } = this.#options;
    const isFinal = ({ data }: DataFailure) => data.code === 'epoch_changed' || data.code === 'not_found';
    for (let more = true; more; ) {
      const manifest = this.#manifest;
      if (!manifest || this.#abort.signal.aborted) return;
      const after = this.version;
      const input = { epoch: manifest.epoch, after, limit: TAIL_LIMIT };
      let answer: TailOutput;
      try {
        answer = this.#kept(await connection.insist(() => server.rpc.sync.tail.mutate(input), isFinal));
      } catch (error) {
        const code = toFailure(error).data.code;
        if (code === 'epoch_changed') this.#options.onEpochChanged();
        else if (code === 'not_found') await this.#skipTo();
        else throw error;
        return;
      }
      if (answer.epoch !== manifest.epoch) {
        this.#options.onEpochChanged();
        return;
      }
      more = answer.more && answer.version > after;
      const news = Object.values(answer.changed).some((keys) => keys.length > 0);
      await this.#tail.add(answer);
      if (news) engine.store.addTail(answer);
      this.#note();
      if (news) this.#options.onChange();
      const was = this.#arrivingFrom;
      // Before the first generation whatever comes is a beginning: the rest is on its way.
      const arriving = more || (this.generation === 0 && (was !== null || news || engine.contactCount > 0));
      this.#arrivingFrom = arriving ? (was ?? after) : null;
      if (arriving) this.#tellArriving(was ?? after, more);
      else if (was !== null) this.#options.onTransfer(null);
    }
  }

  /** How far the tail has come, in versions. */
  #tellArriving(from: number, more: boolean): void {
    const done = this.version - from;
    const newest = Math.max(this.#wanted?.version ?? 0, this.version + (more ? 1 : 0));
    this.#options.onTransfer({ done, total: newest - from });
  }

  /** The server sends what the role may see; the person may want less on this device. */
  #kept(answer: TailOutput): TailOutput {
    if (this.#options.keep().personal) return answer;
    const rows = { ...answer.rows };
    for (const table of personalTables) delete rows[table];
    return { ...answer, rows };
  }

  /** The tail from here is gone (this device was away for long): only the newest generation leads on. */
  async #skipTo(): Promise<void> {
    this.#again = true;
    await this.#takeGeneration(true);
  }

  #note(): void {
    const { engine, now, connection } = this.#options;
    engine.asOf = {
      generation: this.generation,
      version: this.version,
      eventsFrom: this.#manifest?.eventsFrom ?? null,
      at: connection.state.online ? now() : (engine.asOf.at ?? (this.#manifest?.builtAt || null)),
    };
  }
}

/** What the tail says of contacts that are gone. */
function maskOf(contacts: readonly number[]): TailOutput {
  return { epoch: '', version: 0, more: false, changed: { contact: [...contacts] }, rows: {} };
}

function hashesOf(...manifests: (HeldManifest | null)[]): Set<string> {
  return new Set(manifests.flatMap((manifest) => manifest?.chunks.map(({ hash }) => hash) ?? []));
}
