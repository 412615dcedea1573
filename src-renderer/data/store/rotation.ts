/**
 * Sealing anew: a new key is there, what stays is sealed with it, what must go is deleted, and the old key is destroyed. It
 * works below the database, which is closed meanwhile, so that RxDB sees no change and keeps no older copy of a row. Every
 * step can be repeated: what a crash interrupts is finished when the store is opened next.
 */
import { tables } from '#shared/columns/tables.ts';
import { isForgotten, isForgottenCopy, withoutForgotten } from './forgetting.ts';
import type { Forgetting, Keyring } from './keyring.ts';
import { sealContext, sealedField } from './sealed-storage.ts';
import { isSealed, type Sealer } from './sealer.ts';

export type StoredRow = Record<string, unknown>;
/** What becomes of something stored: it stays, goes, or is replaced. */
export type Verdict<T> = 'stays' | 'goes' | { replaced: T };

/** Looks at everything a closed database holds. */
export type StoreVisitor = {
  row(collection: string, id: string, row: StoredRow): Promise<Verdict<StoredRow>>;
  /** Bytes of an attachment. */
  bytes(documentId: string, bytes: Blob): Promise<Verdict<Blob>>;
};
export type Rewrite = (database: string, visitor: StoreVisitor) => Promise<void>;

/** Bytes of a chunk are bound to its hash. */
export const chunkContext = (hash: string): string => `chunk ${hash}`;
const HEAD_BYTES = 32;

/** Finishes a rotation that was begun; nothing to do otherwise. */
export async function finishRotation(database: string, keyring: Keyring, rewrite: Rewrite): Promise<void> {
  const { rotating } = keyring;
  if (!rotating) return;
  await rewrite(database, visitor(keyring.sealer, rotating));
  await keyring.finish();
}

function visitor(sealer: Sealer, what: Forgetting): StoreVisitor {
  return {
    async row(collection, id, row) {
      if (collection === 'chunks') return goneChunk(row, what) ? 'goes' : 'stays';
      const field = sealedField(collection);
      if (field === null) return 'stays';
      const text = row[field];
      if (typeof text !== 'string') return 'stays';
      const context = sealContext(collection, id);
      if (row._deleted === true || row._deleted === '1') {
        // What was deleted would keep its last value. That it was deleted stays: what came since has passed over it, and
        // comes with the answer to the push of it.
        if (collection !== 'documents') return 'goes';
        return { replaced: { ...row, [field]: await sealer.sealJson({}, context) } };
      }
      const value = await sealer.openJson(text, context);
      const kept = keptValue(collection, id, row, value, what);
      if (kept === null) return 'goes';
      if (kept === value && sealer.isCurrent(text)) return 'stays';
      return { replaced: { ...row, [field]: await sealer.sealJson(kept, context) } };
    },
    async bytes(documentId, blob) {
      const head = new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer());
      if (!isSealed(head)) return 'stays';
      if (!what.personal) return 'goes';
      if (sealer.isCurrent(head)) return 'stays';
      const context = chunkContext(documentId);
      const bytes = await sealer.open(new Uint8Array(await blob.arrayBuffer()), context);
      return { replaced: new Blob([await sealer.seal(bytes, context)], { type: blob.type }) };
    },
  };
}

function goneChunk({ table }: StoredRow, what: Forgetting): boolean {
  return !what.personal && Object.entries(tables).some(([name, { personal }]) => personal && name === table);
}

function keptValue(collection: string, id: string, row: StoredRow, value: unknown, what: Forgetting): unknown {
  if (collection === 'meta') return withoutForgotten(id, value, what);
  const gone =
    collection === 'documents'
      ? isForgotten({ kind: String(row.kind), body: value }, what)
      : isForgottenCopy(value, what);
  return gone ? null : value;
}
