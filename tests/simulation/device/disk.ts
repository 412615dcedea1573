/**
 * A device's disk: RxDB's memory storage whose content outlives the program, and the browser's store of keys. Each run of
 * the program works through its own gate, which a kill shuts: writes that were made stay, everything after is silence.
 */
import type { RxStorage } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { KeyRow, KeyStore } from '#renderer/data/store/keyring.ts';
import type { Account, AccountBook, DeviceRecord } from '#renderer/data/store/last-account.ts';
import { chunkContext, type StoredRow, type StoreVisitor } from '#renderer/data/store/rotation.ts';
import { sealContext, sealedField } from '#renderer/data/store/sealed-storage.ts';
import { isSealed, SealError, Sealer } from '#renderer/data/store/sealer.ts';
import type { StoreBackend } from '#renderer/data/store/store-backend.ts';

// biome-ignore lint/suspicious/noExplicitAny: RxDB's own way to say "any storage".
type AnyStorage = RxStorage<any, any>;
type Attachment = { writeData: { data: Blob } };
/** What RxDB's memory storage keeps of a collection, as far as it is looked at here. */
type Part = {
  schema: { primaryKey: string | { key: string } };
  documents: Map<string, StoredRow>;
  attachments: Map<string, Attachment> | undefined;
  byIndexArray: { docsWithIndex: [index: string, document: StoredRow, id: string][] }[];
  ensurePersistenceTask?: unknown;
};

/**
 * What a dead program's calls end with. They end, because RxDB makes all databases of a process wait for each other in
 * places (its queue of clean-ups), and a dead program must not hold the living.
 */
export class Died extends Error {}
const dead = (): Promise<never> => Promise.reject(new Died('The program is dead.'));

/** Whether a run of the program is still alive. */
export class Gate {
  open = true;
  /** Dies after so many more writes; null: not armed. */
  fuse: number | null = null;
  readonly #onDeath: () => void;

  constructor(onDeath: () => void) {
    this.#onDeath = onDeath;
  }

  shut(): void {
    if (!this.open) return;
    this.open = false;
    this.#onDeath();
  }

  /** Called after each write: the one that burns the fuse is the last. Answers whether the program lives on. */
  wrote(): boolean {
    if (this.fuse !== null && --this.fuse <= 0) this.shut();
    return this.open;
  }
}

const BETWEEN = '--memory--';
const WRITES = new Set(['bulkWrite', 'remove', 'cleanup']);
const READS = new Set(['findDocumentsById', 'query', 'count', 'getAttachmentData', 'getChangedDocumentsSince']);

let runs = 0;

export class Disk {
  readonly #name: string;
  readonly #parts = new Map<string, Part>();
  readonly keys = new Map<string, Map<string, KeyRow>>();
  #account: Account | null = null;
  #endOwed = false;
  #notice: string | null = null;
  readonly #devices = new Map<string, DeviceRecord>();

  constructor(name: string) {
    this.#name = name;
  }

  /** Everything that can be read here with the keys that lie here, as one text. */
  async readable(): Promise<string> {
    const found: string[] = [];
    for (const key of this.#parts.keys()) found.push(...(await this.#open(key)));
    return found.join('\n');
  }

  /** The documents that lie here and are not deleted, as one text; of reviews those that are about this person. */
  async documents(userId: string): Promise<string> {
    const keys = [...this.#parts.keys()].filter((key) => key.split(BETWEEN)[1] === 'documents');
    const found: string[] = [];
    for (const key of keys) found.push(...(await this.#open(key, ({ _deleted }) => _deleted !== true)));
    const isOfOthers = (row: string) => row.includes('"settledBy"') && !row.includes(`By":"${userId}"`);
    return found.filter((row) => !isOfOthers(row)).join('\n');
  }

  async #open(key: string, wanted: (row: StoredRow) => boolean = () => true): Promise<string[]> {
    const part = this.#parts.get(key);
    if (!part) return [];
    await this.#flush(key);
    const [database = '', collection = ''] = key.split(BETWEEN);
    const keys = new Map<string, CryptoKey>();
    for (const { id, key: one } of this.keys.get(database)?.values() ?? []) if ('plain' in one) keys.set(id, one.plain);
    const sealer = new Sealer({ current: '', keys });
    const field = sealedField(collection);
    const found: string[] = [];
    for (const [id, row] of part.documents) {
      if (!wanted(row)) continue;
      const { [field ?? '']: sealed, ...plain } = row;
      found.push(JSON.stringify(plain));
      if (typeof sealed === 'string') {
        found.push(JSON.stringify(await opened(() => sealer.openJson(sealed, sealContext(collection, id)))));
      }
    }
    for (const [id, { writeData }] of part.attachments ?? []) {
      const bytes = new Uint8Array(await writeData.data.arrayBuffer());
      const context = chunkContext(id.slice(0, id.lastIndexOf('||')));
      const plain = isSealed(bytes) ? await opened(() => sealer.open(bytes, context)) : bytes;
      if (plain) found.push(Buffer.from(plain).toString('latin1'));
    }
    return found;
  }

  /** True when no document, chunk or key is left. */
  get isEmpty(): boolean {
    const rows = [...this.#parts.values()].reduce((sum, { documents }) => sum + documents.size, 0);
    return rows === 0 && [...this.keys.values()].every((keys) => keys.size === 0);
  }

  /** What one run of the program stores in. */
  backend(gate: Gate, hash: StoreBackend['hash']): StoreBackend {
    return {
      storage: this.#storage(gate),
      hash,
      keys: this.#keyStore(gate),
      rewrite: (database, visitor) => this.#rewrite(gate, database, visitor),
      sweep: async (database) => {
        if (!gate.open) return dead();
        for (const key of this.#keysOf(database)) this.#parts.delete(key);
      },
      exists: async (database) => this.#keysOf(database).length > 0,
    };
  }

  /** Who uses this device. */
  accounts(gate: Gate): AccountBook {
    const change = async (work: () => void): Promise<void> => {
      if (!gate.open) return dead();
      work();
      if (!gate.wrote()) return dead();
    };
    return {
      last: async () => structuredClone(this.#account),
      setLast: (account) =>
        change(() => {
          this.#account = structuredClone(account);
        }),
      devices: async () => structuredClone([...this.#devices.values()]),
      setDevice: (record) => change(() => this.#devices.set(record.database, structuredClone(record))),
      dropDevice: (database) => change(() => this.#devices.delete(database)),
      notice: async () => this.#notice,
      setNotice: (words) =>
        change(() => {
          this.#notice = words;
        }),
      endOwed: async () => this.#endOwed,
      setEndOwed: (owed) =>
        change(() => {
          this.#endOwed = owed;
        }),
    };
  }

  /** The ids under which the server knows this device. */
  deviceIds(): string[] {
    return [...this.#devices.values()].map(({ deviceId }) => deviceId);
  }

  #keysOf(database: string): string[] {
    return [...this.#parts.keys()].filter((key) => key.startsWith(database + BETWEEN));
  }

  #memory() {
    const memory = getRxStorageMemory();
    memory.collectionStates = this.#parts as unknown as typeof memory.collectionStates;
    return memory;
  }

  #storage(gate: Gate): AnyStorage {
    const memory = this.#memory();
    return {
      ...memory,
      // RxDB would wait for a killed program's database of the same name to close.
      name: `memory-${this.#name}-${++runs}`,
      createStorageInstance: async (params) => {
        if (!gate.open) return dead();
        return gated(await memory.createStorageInstance(params), gate);
      },
    } as AnyStorage;
  }

  #keyStore(gate: Gate): KeyStore {
    const of = (database: string) => this.keys.get(database) ?? new Map<string, KeyRow>();
    const change = async (work: () => void): Promise<void> => {
      if (!gate.open) return dead();
      work();
      if (!gate.wrote()) return dead();
    };
    return {
      list: async (database) => [...of(database).values()],
      put: (database, row) => change(() => this.keys.set(database, of(database).set(row.id, row))),
      remove: (database, ids) =>
        change(() => {
          for (const id of ids) of(database).delete(id);
        }),
      destroy: (database) => change(() => this.keys.delete(database)),
      vault: async () => null,
    };
  }

  async #rewrite(gate: Gate, database: string, visitor: StoreVisitor): Promise<void> {
    for (const key of this.#keysOf(database)) {
      const part = this.#parts.get(key);
      if (!part) continue;
      await this.#flush(key);
      const collection = key.split(BETWEEN)[1] ?? '';
      for (const [id, row] of [...part.documents]) {
        const verdict = await visitor.row(collection, id, row);
        if (!gate.open) return dead();
        if (verdict === 'stays') continue;
        if (verdict === 'goes') {
          part.documents.delete(id);
          for (const index of part.byIndexArray) {
            index.docsWithIndex = index.docsWithIndex.filter(([, , other]) => other !== id);
          }
        } else Object.assign(row, verdict.replaced);
        if (!gate.wrote()) return dead();
      }
      await rewriteAttachments(part, gate, visitor);
    }
  }

  /** The memory storage writes late: what was acknowledged is put in its place. */
  async #flush(key: string): Promise<void> {
    const part = this.#parts.get(key);
    if (!part) return;
    const [databaseName = '', collectionName = ''] = key.split(BETWEEN);
    const instance = await this.#memory().createStorageInstance({
      databaseInstanceToken: 'flush',
      databaseName,
      collectionName,
      schema: part.schema as never,
      options: {},
      multiInstance: false,
      devMode: false,
    });
    await instance.findDocumentsById([], true);
    await instance.close();
  }
}

async function rewriteAttachments(part: Part, gate: Gate, visitor: StoreVisitor): Promise<void> {
  for (const [id, attachment] of [...(part.attachments ?? [])]) {
    const verdict = await visitor.bytes(id.slice(0, id.lastIndexOf('||')), attachment.writeData.data);
    if (!gate.open) return dead();
    if (verdict === 'stays') continue;
    if (verdict === 'goes') part.attachments?.delete(id);
    else attachment.writeData = { ...attachment.writeData, data: verdict.replaced };
    if (!gate.wrote()) return dead();
  }
}

function gated<T extends object>(instance: T, gate: Gate): T {
  return new Proxy(instance, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const isWrite = WRITES.has(String(name));
      if (name !== 'close' && !isWrite && !READS.has(String(name))) return value.bind(target);
      return (...args: unknown[]) => {
        // Clean-ups of all databases stand in one queue, which an error would break for everybody.
        const silent = name === 'close' || name === 'cleanup';
        if (!gate.open) return silent ? Promise.resolve(true) : dead();
        const result = value.apply(target, args);
        return isWrite && !gate.wrote() && !silent ? dead() : result;
      };
    },
  });
}

/** Null when the key is gone. */
async function opened<T>(open: () => Promise<T>): Promise<T | null> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
