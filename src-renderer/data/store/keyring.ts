/**
 * The keys of one account on this device. Usually one; two while what the older one sealed is sealed anew (see rotation.ts).
 * Keys cannot be exported, and lie on the disk wrapped by another: on the desktop one of the system's key chain, else one
 * that the browser keeps.
 */
import { must } from '#shared/kernel/assert.ts';
import { newKeyId, Sealer } from './sealer.ts';

/** What has to go when an older key's values are sealed anew; kept with the new key, so that a crash in between forgets nothing. */
export type Forgetting = {
  /** Nothing about these contacts stays. */
  contacts: number[];
  /** False: no personal value stays. */
  personal: boolean;
};
export const FORGET_NOTHING: Forgetting = { contacts: [], personal: true };

export type KeyRow = {
  id: string;
  /** Newest wins. */
  number: number;
  key: { plain: CryptoKey } | { wrapped: ArrayBuffer };
  forgetting: Forgetting;
  /** Nothing sealed with this key is of a contact whose erasure has a revision up to this. */
  erasedTo: number;
};

/** Where the keys of each database lie. */
export type KeyStore = {
  list(database: string): Promise<KeyRow[]>;
  put(database: string, row: KeyRow): Promise<void>;
  remove(database: string, ids: readonly string[]): Promise<void>;
  /** Deletes all keys of the database. */
  destroy(database: string): Promise<void>;
  /** The key (AES-KW) that wraps those of the database; null where there is none, or it cannot be had now. */
  vault(database: string): Promise<CryptoKey | null>;
};

/** The keys are there, but the system's key chain, which opens them, is not. */
export class VaultLocked extends Error {
  override readonly name = 'VaultLocked';
}

const AES = { name: 'AES-GCM', length: 256 };
const USES: KeyUsage[] = ['encrypt', 'decrypt'];

export class Keyring {
  readonly #database: string;
  readonly #store: KeyStore;
  readonly #rows: KeyRow[];
  readonly #keys = new Map<string, CryptoKey>();
  readonly sealer: Sealer;

  private constructor(database: string, store: KeyStore, rows: KeyRow[]) {
    this.#database = database;
    this.#store = store;
    this.#rows = rows;
    const keys = this.#keys;
    const current = () => this.#current.id;
    this.sealer = new Sealer({
      keys,
      get current() {
        return current();
      },
    });
  }

  /** Null when there is no key that opens anything: whatever was sealed is lost. */
  static async open(database: string, store: KeyStore): Promise<Keyring | null> {
    const rows = (await store.list(database)).sort((a, b) => a.number - b.number);
    const vault = rows.some(({ key }) => 'wrapped' in key) ? await store.vault(database) : null;
    if (rows.some(({ key }) => 'wrapped' in key) && !vault) {
      throw new VaultLocked('The key chain of this computer does not open the data of this app now.');
    }
    const ring = new Keyring(database, store, rows);
    for (const { id, key } of rows) {
      const opened = 'plain' in key ? key.plain : vault && (await unwrap(key.wrapped, vault));
      if (!opened) return null;
      ring.#keys.set(id, opened);
    }
    return rows.length > 0 ? ring : null;
  }

  /** A first key. */
  static async create(database: string, store: KeyStore): Promise<Keyring> {
    const ring = new Keyring(database, store, []);
    await ring.#add({ forgetting: FORGET_NOTHING, erasedTo: 0 });
    return ring;
  }

  get #current(): KeyRow {
    return must(this.#rows.at(-1), 'a keyring has a key');
  }

  get erasedTo(): number {
    return this.#current.erasedTo;
  }

  /** What has to go while older values are sealed anew; null when nothing older is left. */
  get rotating(): Forgetting | null {
    if (this.#rows.length < 2) return null;
    // The first key of a crashed row of rotations is the only one that never asked for anything.
    const asked = this.#rows.slice(1).map(({ forgetting }) => forgetting);
    return {
      contacts: [...new Set(asked.flatMap(({ contacts }) => contacts))],
      personal: asked.every(({ personal }) => personal),
    };
  }

  /** Begins a rotation: from now on a new key seals. The older ones stay until finish(). */
  async rotate(forgetting: Forgetting, erasedTo: number): Promise<void> {
    await this.#add({ forgetting, erasedTo });
  }

  /** Everything that stays is sealed with the newest key: the others are destroyed. */
  async finish(): Promise<void> {
    const old = this.#rows.splice(0, this.#rows.length - 1).map(({ id }) => id);
    await this.#store.remove(this.#database, old);
    for (const id of old) this.#keys.delete(id);
  }

  /** Notes up to which erasure nothing older is sealed with the current key: a first download, or revisions begin anew. */
  async noteErasedTo(erasedTo: number): Promise<void> {
    if (erasedTo === this.#current.erasedTo) return;
    const row = { ...this.#current, erasedTo };
    await this.#store.put(this.#database, row);
    this.#rows[this.#rows.length - 1] = row;
  }

  async #add(about: Pick<KeyRow, 'forgetting' | 'erasedTo'>): Promise<void> {
    const vault = await this.#store.vault(this.#database);
    const made = await crypto.subtle.generateKey(AES, vault !== null, USES);
    const wrapped = vault && (await crypto.subtle.wrapKey('raw', made, vault, 'AES-KW'));
    const key = vault && wrapped ? must(await unwrap(wrapped, vault), 'what was just wrapped opens') : made;
    const row: KeyRow = {
      id: newKeyId(),
      number: (this.#rows.at(-1)?.number ?? 0) + 1,
      key: wrapped ? { wrapped } : { plain: key },
      ...about,
    };
    await this.#store.put(this.#database, row);
    this.#keys.set(row.id, key);
    this.#rows.push(row);
  }
}

/** Null when the wrapping key is another one than it was: then nothing opens it any more. */
async function unwrap(wrapped: ArrayBuffer, vault: CryptoKey): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.unwrapKey('raw', wrapped, vault, 'AES-KW', AES, false, USES);
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
