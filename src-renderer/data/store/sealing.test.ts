import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256 } from '#renderer/data/sync/sha256.ts';
import type { ChunkRef, TailOutput } from '#shared/sync/wire.schema.ts';
import { type MemoryBackend, memoryBackend, unexpected } from '#tests/support/memory-backend.ts';
import { ChunkStore } from './chunks.ts';
import { type Forgetting, VaultLocked } from './keyring.ts';
import { MetaStore } from './meta.ts';
import type { StoreVisitor } from './rotation.ts';
import { fromText } from './sealer.ts';
import type { StoreBackend } from './store-backend.ts';
import { openUserStore, removeUserStore, type UserStore } from './user-store.ts';

const NAME = 'muster2-somebody';
const MARKER = 'Zanzibar-4711';
const answerSchema = z.object({ answer: z.looseObject({ rows: z.record(z.string(), z.array(z.unknown())) }) });
const wrappingKey = () => crypto.subtle.generateKey({ name: 'AES-KW', length: 256 }, false, ['wrapKey', 'unwrapKey']);
const encode = (text: string) => new TextEncoder().encode(text);

const opened: UserStore[] = [];
async function open(backend: StoreBackend): Promise<UserStore> {
  const store = await openUserStore(NAME, backend, unexpected);
  opened.push(store);
  return store;
}
async function close(store: UserStore): Promise<void> {
  opened.splice(opened.indexOf(store), 1);
  await store.db.close();
}
afterEach(async () => {
  for (const store of opened.splice(0)) await store.db.close();
});

const edit = (id: string, contactId: number, field: string, to: string, edited = 5) => ({
  id,
  kind: 'contact-edit',
  schemaVersion: 1,
  rev: 0,
  body: { contactId, field, from: null, to, at: 1 },
  by: null,
  at: null,
  edited,
  removed: false,
});
/** Of an additional field that is not personal. */
const levelOf = (id: string, contactId: number) => {
  const made = edit(id, contactId, 'field:0000aaaa', 'Gold');
  return { ...made, body: { ...made.body, personal: false } };
};
const segment = (id: string, name: string) => ({ ...edit(id, 1, '', ''), kind: 'segment', body: { name } });
const tail = (contactId: number, marker: string): TailOutput => ({
  epoch: 'e',
  version: 9,
  more: false,
  changed: { contact: [contactId, 2] },
  rows: {
    contact: [{ key: contactId, cells: { country: 'GB' } }],
    contactPersonal: [
      { key: contactId, cells: { email: marker } },
      { key: 2, cells: { email: 'kept@example.com' } },
    ],
    contactField: [{ key: contactId, cells: { 'field:0000aaaa': 'Gold' } }],
    contactFieldPersonal: [
      { key: contactId, cells: { 'field:0000bbbb': marker } },
      { key: 2, cells: { 'field:0000bbbb': 'Kept colour' } },
    ],
  },
});

async function chunk(table: ChunkRef['table'], text: string) {
  const bytes = encode(text);
  const ref: ChunkRef = {
    table,
    index: 0,
    hash: await sha256(bytes),
    rows: 1,
    bytes: bytes.length,
    from: null,
    to: null,
  };
  return { ref, bytes };
}

/** What events of a contact say, as a card keeps it. */
const eventsOf = (contactId: number, search: string) => ({
  contactId,
  at: 1,
  events: [{ rowId: contactId, params: { search }, source: 'Web' }],
});
const keptEvents = async (store: UserStore) =>
  (await new MetaStore(store).list('events:', z.looseObject({ events: z.array(z.unknown()) }))).map(({ key }) => key);

/** A store with a personal value in every place that can hold one. */
async function fill(store: UserStore) {
  const meta = new MetaStore(store);
  const chunks = new ChunkStore(store, sha256);
  await store.db.documents.bulkInsert([
    edit('edit-of-one', 1, 'email', MARKER),
    edit('edit-of-two', 2, 'town', 'Kept town'),
    edit('country-of-two', 2, 'country', 'GB'),
    edit('colour-of-one', 1, 'field:0000bbbb', MARKER),
    edit('colour-of-two', 2, 'field:0000bbbb', 'Kept colour'),
    levelOf('level-of-two', 2),
    segment('segment', 'Kept segment'),
  ]);
  await meta.set('tail:000000000001', { answer: tail(1, MARKER) });
  await meta.set('events:1', eventsOf(1, MARKER));
  await meta.set('events:2', eventsOf(2, 'Kept search'));
  const personal = await chunk('contactPersonal', `chunk with ${MARKER}`);
  const plain = await chunk('event', 'no person in here');
  await chunks.put(personal.ref, personal.bytes);
  await chunks.put(plain.ref, plain.bytes);
  return { meta, chunks, personal, plain };
}

const idsOf = async ({ db }: UserStore) => (await db.documents.find().exec()).map(({ id }) => id).sort();

test('[SEAL-1] no personal value is stored as it is, and all of them are read back', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  const { personal, plain } = await fill(store);
  await close(store);
  const stored = await backend.dump(NAME);
  expect(stored).not.toContain(MARKER);
  expect(stored).not.toContain('Kept segment');
  expect(stored).toContain('no person in here');
  const again = await open(backend);
  expect(again.missing).toBeNull();
  expect((await again.db.documents.findOne('edit-of-one').exec())?.body).toMatchObject({ to: MARKER });
  expect(await new MetaStore(again).get('tail:000000000001', answerSchema)).toMatchObject({ answer: tail(1, MARKER) });
  expect(await new ChunkStore(again, sha256).read(personal.ref)).toEqual(personal.bytes);
  expect(await new ChunkStore(again, sha256).read(plain.ref)).toEqual(plain.bytes);
});

test('[SEAL-1] observers see open values, in the order they were written', async () => {
  const store = await open(memoryBackend());
  const seen: [string, unknown][] = [];
  store.db.documents.$.subscribe((event) => seen.push([event.operation, event.documentData.body]));
  await store.db.documents.insert(segment('s', 'first'));
  const row = await store.db.documents.findOne('s').exec();
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => row?.incrementalModify((now) => ({ ...now, body: { name: `text ${n}` } }))),
  );
  await row?.getLatest().remove();
  expect(seen[0]).toEqual(['INSERT', { name: 'first' }]);
  expect(seen.at(-1)).toEqual(['DELETE', { name: 'text 19' }]);
  expect(seen.every(([, body]) => typeof body === 'object')).toBe(true);
});

test('[SEAL-1] keys cannot be exported, also when the key chain wraps them', async () => {
  const plain = memoryBackend();
  await open(plain);
  for (const { key } of plain.keyRows.get(NAME)?.values() ?? []) {
    expect('plain' in key && key.plain.extractable).toBe(false);
  }
  const vault = await wrappingKey();
  const wrapped = memoryBackend({ vault: async () => vault });
  const store = await openUserStore(NAME, wrapped, unexpected);
  await store.db.documents.insert(segment('s', 'mine'));
  await store.db.close();
  const [row] = wrapped.keyRows.get(NAME)?.values() ?? [];
  expect(row && 'wrapped' in row.key).toBe(true);
  const again = await openUserStore(NAME, wrapped, unexpected);
  expect((await again.db.documents.findOne('s').exec())?.body).toEqual({ name: 'mine' });
  await again.db.close();

  // A key chain that is locked now may open later: nothing is deleted. Another key opens nothing, ever.
  wrapped.keys.vault = async () => null;
  await expect(openUserStore(NAME, wrapped, unexpected)).rejects.toBeInstanceOf(VaultLocked);
  expect(await wrapped.exists(NAME)).toBe(true);
  wrapped.keys.vault = wrappingKey;
  const fresh = await openUserStore(NAME, wrapped, unexpected);
  expect(fresh.missing).toBe('key');
  expect(await fresh.db.documents.find().exec()).toEqual([]);
  await fresh.db.close();
});

test('[SEAL-1] a value moved to another row does not open', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  await store.db.documents.bulkInsert([segment('a', 'A'), segment('b', 'B')]);
  const { sealer } = store.keyring;
  await close(store);
  const bodies = await sealedBodies(backend);
  await expect(sealer.open(bodies.get('a') ?? encode(''), 'documents b')).rejects.toThrow();
  await expect(sealer.openJson(text(bodies.get('a')), 'documents a')).resolves.toEqual({ name: 'A' });
});

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1');

async function sealedBodies(backend: MemoryBackend): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  await backend.rewrite(NAME, {
    async row(collection, id, row) {
      if (collection === 'documents' && typeof row.body === 'string') found.set(id, fromText(row.body));
      return 'stays';
    },
    bytes: async () => 'stays',
  });
  return found;
}

const erase: Forgetting = { contacts: [1], personal: true };
const lose: Forgetting = { contacts: [], personal: false };

test('[ERASE-2] sealing anew leaves nothing of an erased contact, and what stays opens only with the new key', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  const { personal } = await fill(store);
  const oldBodies = await sealedBodies(backend);
  await store.keyring.rotate(erase, 7);
  await close(store);
  const again = await open(backend);
  expect(again.keyring.rotating).toBeNull();
  expect(again.keyring.erasedTo).toBe(7);
  expect(await idsOf(again)).toEqual(['colour-of-two', 'country-of-two', 'edit-of-two', 'level-of-two', 'segment']);
  expect(await keptEvents(again)).toEqual(['events:2']);
  const page = await new MetaStore(again).get('tail:000000000001', answerSchema);
  expect(page?.answer.rows).toEqual({
    contact: [],
    contactPersonal: [{ key: 2, cells: { email: 'kept@example.com' } }],
    contactField: [],
    contactFieldPersonal: [{ key: 2, cells: { 'field:0000bbbb': 'Kept colour' } }],
  });
  expect(await new ChunkStore(again, sha256).read(personal.ref)).toEqual(personal.bytes);
  expect(backend.keyRows.get(NAME)?.size).toBe(1);
  const old = oldBodies.get('edit-of-one');
  expect(old).toBeDefined();
  await expect(again.keyring.sealer.open(old ?? encode(''), 'documents edit-of-one')).rejects.toThrow(/key .* is gone/);
});

test('[ROLE-4] without the right every personal value goes, and other work stays', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  const { personal, plain } = await fill(store);
  await store.keyring.rotate(lose, 0);
  await close(store);
  const again = await open(backend);
  expect(await idsOf(again)).toEqual(['country-of-two', 'level-of-two', 'segment']);
  expect(await keptEvents(again)).toEqual([]);
  const chunks = new ChunkStore(again, sha256);
  expect(await chunks.read(personal.ref)).toBeNull();
  expect([...(await chunks.present([personal.ref.hash, plain.ref.hash]))]).toEqual([plain.ref.hash]);
  const page = await new MetaStore(again).get('tail:000000000001', answerSchema);
  expect(page?.answer.rows).toEqual({
    contact: [{ key: 1, cells: { country: 'GB' } }],
    contactField: [{ key: 1, cells: { 'field:0000aaaa': 'Gold' } }],
  });
});

class Killed extends Error {}

/** The same store, but the process dies at the n-th step of sealing anew. */
function dyingAt(backend: MemoryBackend, step: number): StoreBackend {
  let steps = 0;
  const tick = () => {
    if (++steps === step) throw new Killed();
  };
  return {
    ...backend,
    keys: {
      ...backend.keys,
      remove: async (...input) => {
        tick();
        await backend.keys.remove(...input);
        tick();
      },
    },
    rewrite: (database, visitor) => {
      const dying: StoreVisitor = {
        async row(...input) {
          tick();
          return visitor.row(...input);
        },
        async bytes(...input) {
          tick();
          return visitor.bytes(...input);
        },
      };
      return backend.rewrite(database, dying);
    },
  };
}

test('[SEAL-1] a crash anywhere while sealing anew is finished by the next start', async () => {
  let finished = false;
  for (let step = 1; !finished; step++) {
    const backend = memoryBackend();
    const store = await open(backend);
    const { personal } = await fill(store);
    await store.keyring.rotate(erase, 7);
    await close(store);
    try {
      const survived = await openUserStore(NAME, dyingAt(backend, step), unexpected);
      await survived.db.close();
      finished = true;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    // Neither the old key nor the new one may be lost before everything that stays is sealed with the new one.
    const again = await open(backend);
    expect(await idsOf(again)).toEqual(['colour-of-two', 'country-of-two', 'edit-of-two', 'level-of-two', 'segment']);
    expect(await new ChunkStore(again, sha256).read(personal.ref)).toEqual(personal.bytes);
    expect(again.keyring.rotating).toBeNull();
    expect(backend.keyRows.get(NAME)?.size).toBe(1);
    await close(again);
    expect(step).toBeLessThan(100);
  }
});

test('[SEAL-1] on a full device sealing anew gives up chunks, which can be fetched again, and keeps the rest', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  const { personal, plain } = await fill(store);
  await store.keyring.rotate(erase, 7);
  await close(store);
  let full = true;
  const again = await openUserStore(
    NAME,
    {
      ...backend,
      rewrite: (database, visitor) =>
        backend.rewrite(database, {
          row: visitor.row,
          async bytes(...input) {
            const verdict = await visitor.bytes(...input);
            if (verdict === 'goes') full = false;
            if (typeof verdict === 'object' && full) throw new DOMException('full', 'QuotaExceededError');
            return verdict;
          },
        }),
    },
    unexpected,
  );
  expect(await idsOf(again)).toEqual(['colour-of-two', 'country-of-two', 'edit-of-two', 'level-of-two', 'segment']);
  const chunks = new ChunkStore(again, sha256);
  expect([...(await chunks.present([personal.ref.hash, plain.ref.hash]))]).toEqual([]);
  expect(again.keyring.rotating).toBeNull();
  await again.db.close();
});

test('[SEAL-1] data without its key is deleted, and the start is a clean one', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  await fill(store);
  await close(store);
  await backend.keys.destroy(NAME);
  const again = await open(backend);
  expect(again.missing).toBe('key');
  expect(await idsOf(again)).toEqual([]);
  opened.splice(0);
  await removeUserStore(again);
  expect(await backend.exists(NAME)).toBe(false);
  expect(backend.keyRows.get(NAME)).toBeUndefined();
});

test('[CHUNK-2] damaged, truncated and exchanged bytes are noticed', async () => {
  const backend = memoryBackend();
  const store = await open(backend);
  const { personal, plain } = await fill(store);
  const other = await chunk('event', 'another person in');
  await new ChunkStore(store, sha256).put(other.ref, other.bytes);
  await close(store);
  const spoil = (change: (hash: string, bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) =>
    backend.rewrite(NAME, {
      row: async () => 'stays',
      async bytes(hash, blob) {
        return { replaced: new Blob([change(hash, new Uint8Array(await blob.arrayBuffer()))]) };
      },
    });
  /** What is found damaged is fetched and stored again. */
  const readAll = async () => {
    const again = await open(backend);
    const chunks = new ChunkStore(again, sha256);
    const all = [personal, plain, other];
    const found = await Promise.all(all.map(({ ref }) => chunks.read(ref)));
    for (const [at, { ref, bytes }] of all.entries()) if (!found[at]) await chunks.put(ref, bytes);
    await close(again);
    return found;
  };
  const originals = new Map<string, Uint8Array<ArrayBuffer>>();
  const keepOriginals = () =>
    spoil((hash, bytes) => {
      originals.set(hash, bytes.slice());
      return bytes;
    });
  await spoil((_, bytes) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));
  expect(await readAll()).toEqual([null, null, null]);
  await spoil((_, bytes) => bytes.slice(0, -1));
  expect(await readAll()).toEqual([null, null, null]);
  await keepOriginals();
  const exchange = new Map([
    [plain.ref.hash, other.ref.hash],
    [other.ref.hash, plain.ref.hash],
  ]);
  await spoil((hash) => originals.get(exchange.get(hash) ?? hash) ?? encode(''));
  expect(await readAll()).toEqual([personal.bytes, null, null]);
  expect(await readAll()).toEqual([personal.bytes, plain.bytes, other.bytes]);
});
