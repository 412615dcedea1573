/**
 * An RxStorage that seals one field of a collection on the way to the disk and opens it on the way back. No index and no
 * query may use that field. RxDB's own wrapper opens the values of events one by one and so may tell them out of order; here
 * an event shows what was just written, which is in memory anyway.
 */
import type { BulkWriteRow, RxDocumentData, RxStorage, RxStorageInstance } from 'rxdb/plugins/core';
import { map } from 'rxjs';
import type { Sealer } from './sealer.ts';

// RxDB leaves these types open: what lies in a storage depends on the collection.
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Any = any;
type Doc = RxDocumentData<Record<string, unknown>>;
type Row = BulkWriteRow<Record<string, unknown>>;
type Instance = RxStorageInstance<Record<string, unknown>, Any, Any>;

/** The sealed field of each collection; null for one that holds nothing personal. */
export function sealedField(collection: string): string | null {
  if (collection === 'documents') return 'body';
  if (collection === 'meta') return 'value';
  // What RxDB remembers of the server's copies.
  return collection.startsWith('rx-replication-meta-') ? 'docData' : null;
}

/** What a value is bound to: its row. */
export const sealContext = (collection: string, id: string): string => `${collection} ${id}`;

export function sealedStorage(storage: RxStorage<Any, Any>, sealer: Sealer): RxStorage<Any, Any> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance(params) {
      const field = sealedField(params.collectionName);
      if (field === null) return storage.createStorageInstance(params);
      const { properties, ...schema } = params.schema;
      const sealed = { ...schema, properties: { ...properties, [field]: { type: 'string' } } };
      const inner = await storage.createStorageInstance({ ...params, schema: sealed as Any });
      const primary = typeof schema.primaryKey === 'string' ? schema.primaryKey : schema.primaryKey.key;
      return new SealedInstance(inner as Any, params.schema as Any, { field, primary: String(primary), sealer }) as Any;
    },
  };
}

class SealedInstance implements Instance {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly internals: Any;
  readonly options: Any;
  readonly schema: Instance['schema'];
  readonly #inner: Instance;
  readonly #field: string;
  readonly #primary: string;
  readonly #sealer: Sealer;
  /** Rows on their way to the disk, by what their field was sealed to. */
  readonly #writing = new Map<unknown, Row>();
  /** All writes that came before; never rejects. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(inner: Instance, schema: Instance['schema'], how: { field: string; primary: string; sealer: Sealer }) {
    this.#inner = inner;
    this.#field = how.field;
    this.#primary = how.primary;
    this.#sealer = how.sealer;
    this.schema = schema;
    this.databaseName = inner.databaseName;
    this.collectionName = inner.collectionName;
    this.internals = inner.internals;
    this.options = inner.options;
  }

  /**
   * Rows are dated before they come here, and replication goes on from the newest date it has seen. Sealing a long text takes
   * longer than a short one: without a queue a row would be passed over that was written after a younger one.
   */
  bulkWrite(rows: Row[], context: string) {
    const sealing = Promise.all(rows.map((row) => this.#sealRow(row)));
    const written = Promise.all([sealing, this.#before]).then(([sealed]) => this.#write(rows, sealed, context));
    this.#before = Promise.allSettled([this.#before, written]);
    return written;
  }

  async #write(rows: Row[], sealed: Row[], context: string) {
    sealed.forEach((row, at) => {
      const given = rows[at];
      const text = row.document[this.#field];
      if (given && typeof text === 'string') this.#writing.set(text, given);
    });
    try {
      const { error } = await this.#inner.bulkWrite(sealed, context);
      return { error: await Promise.all(error.map((one) => this.#openError(one))) };
    } finally {
      for (const row of sealed) this.#writing.delete(row.document[this.#field]);
    }
  }

  async findDocumentsById(ids: string[], withDeleted: boolean) {
    return this.#openAll(await this.#inner.findDocumentsById(ids, withDeleted));
  }

  async query(query: Parameters<Instance['query']>[0]) {
    const { documents } = await this.#inner.query(query);
    return { documents: await this.#openAll(documents) };
  }

  count(query: Parameters<Instance['count']>[0]) {
    return this.#inner.count(query);
  }

  getAttachmentData(id: string, attachment: string, digest: string) {
    return this.#inner.getAttachmentData(id, attachment, digest);
  }

  changeStream() {
    return this.#inner.changeStream().pipe(
      map((bulk) => ({
        ...bulk,
        events: bulk.events.map((event) => {
          const row = this.#writing.get(event.documentData[this.#field as keyof typeof event.documentData]);
          if (!row) return event;
          return {
            ...event,
            documentData: this.#with(event.documentData, row.document[this.#field]),
            previousDocumentData: row.previous ?? event.previousDocumentData,
          };
        }),
      })),
    ) as ReturnType<Instance['changeStream']>;
  }

  cleanup(minimumDeletedTime: number) {
    return this.#inner.cleanup(minimumDeletedTime);
  }

  close() {
    return this.#inner.close();
  }

  remove() {
    return this.#inner.remove();
  }

  /** The copy a writer assumed is compared by its revision only: it need not be sealed. */
  async #sealRow({ document, previous }: Row): Promise<Row> {
    const row: Row = { document: await this.#seal(document) };
    if (previous) row.previous = this.#with(previous, undefined);
    return row;
  }

  async #seal<T extends Row['document']>(doc: T): Promise<T> {
    const value = doc[this.#field];
    if (value === undefined) return doc;
    return this.#with(doc, await this.#sealer.sealJson(value, this.#context(doc)));
  }

  async #open(doc: Doc): Promise<Doc> {
    const text = doc[this.#field];
    if (typeof text !== 'string') return doc;
    return this.#with(doc, await this.#sealer.openJson(text, this.#context(doc)));
  }

  #openAll(docs: Doc[]): Promise<Doc[]> {
    return Promise.all(docs.map((doc) => this.#open(doc)));
  }

  async #openError(error: Any): Promise<Any> {
    const row = this.#writing.get(error.writeRow.document[this.#field]) ?? error.writeRow;
    const documentInDb = error.documentInDb ? await this.#open(error.documentInDb) : error.documentInDb;
    return { ...error, writeRow: row, documentInDb };
  }

  #with<T>(doc: T, value: unknown): T {
    return { ...doc, [this.#field]: value };
  }

  #context(doc: Record<string, unknown>): string {
    return sealContext(this.collectionName, String(doc[this.#primary]));
  }
}
