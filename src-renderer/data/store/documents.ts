/**
 * Documents as the app sees them. Bodies are checked with their kind's schema on the way in and out; a body of a newer
 * schemaVersion, or one that this build cannot read, is kept and synced, but not shown.
 */
import type { RxDocument } from 'rxdb/plugins/core';
import type { z } from 'zod';
import { UserError } from '#shared/kernel/errors.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { kindSpec, mergeRule } from '#shared/sync/document-kinds.ts';
import { type DocumentKind, documentKinds, type Envelope } from '#shared/sync/envelope.schema.ts';
import { type Body, DELETED, equalContent, type Lost, mergeDocument } from '#shared/sync/merge.ts';
import { keepUnknown } from '#shared/sync/unknown-fields.ts';
import { type Loss, toEnvelope } from './conflicts.ts';
import type { MetaStore } from './meta.ts';
import { RefusalStore } from './refusals.ts';
import type { LocalDocument } from './schemas.ts';
import type { UserStore } from './user-store.ts';

/** Shared by all who ask: nobody may change it. */
export type StoredDoc = {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly body: Readonly<Record<string, unknown>>;
  readonly waiting: boolean;
  readonly rev: number;
};

const kindOf = (kind: string) => documentKinds.find((known) => known === kind) ?? null;

export class DocumentStore {
  readonly #store: UserStore;
  readonly refusals: RefusalStore;

  constructor(store: UserStore, meta: MetaStore) {
    this.#store = store;
    this.refusals = new RefusalStore(meta);
  }

  async list(kind: DocumentKind, newerThan = -1): Promise<StoredDoc[]> {
    const rows = await this.#store.db.documents
      .find({ selector: { kind, rev: { $gt: newerThan } }, sort: [{ kind: 'asc' }, { rev: 'asc' }] })
      .exec();
    return rows.map(toStored).filter((doc) => doc !== null);
  }

  async get(id: string): Promise<StoredDoc | null> {
    const row = await this.#store.db.documents.findOne(id).exec();
    return row ? toStored(row) : null;
  }

  /** Documents with a change the server has not accepted yet, removals included. */
  async waiting(): Promise<LocalDocument[]> {
    const rows = await this.#store.db.documents.find({ selector: { edited: { $gt: 0 } } }).exec();
    return rows.map((row) => row.toMutableJSON());
  }

  /**
   * Checks and stores a body. The document keeps the revision it grew from. With `base`, the text the edit grew from, it is
   * joined with what has arrived since; without, it replaces it.
   */
  async save(kind: DocumentKind, id: string, body: Body, now: number, base?: Body): Promise<void> {
    const spec = kindSpec(kind, id);
    if (!spec || spec.merge === 'server') throw new UserError('forbidden', 'This cannot be edited here.');
    if (spec.ids && !spec.ids.includes(id)) throw new UserError('invalid_input', `There is no such ${kind}.`, 'id');
    const checked = readBody(spec.schema, body);
    const versionOf = (text: Body) => spec.needs?.(text) ?? spec.version;
    const { documents } = this.#store.db;
    const known = await documents.findOne(id).exec();
    const fresh = {
      id,
      kind,
      schemaVersion: versionOf(checked),
      rev: 0,
      body: checked,
      by: null,
      at: null,
      edited: now,
      removed: false,
    };
    if (!known) {
      await documents.upsert(fresh);
    } else {
      if (known.kind !== kind) throw new UserError('conflict', `This id belongs to a ${known.kind}.`, 'id');
      if (known.schemaVersion > spec.version) {
        throw new UserError('newer_version', 'This was edited with a newer version of the app. Update to change it.');
      }
      // A refused text is shown in place of the document: what is mended grew from what that did, and its author has not
      // seen what came to the server since.
      const refusal = await this.refusals.get(id);
      const grewFrom = refusal ? refusal.base : base;
      let loss: Loss | null = null;
      await known.incrementalModify((row) => {
        // Deleted elsewhere since it was looked up: it is made anew.
        if (row._deleted) return { ...row, ...fresh, _deleted: false };
        const grown = grow(row, spec.schema, checked, grewFrom);
        const next = { ...row, schemaVersion: versionOf(grown.body), body: grown.body, edited: now, removed: false };
        const theirs = toEnvelope({ ...row, _deleted: false });
        // What the server says already is no edit.
        if (row.edited === 0 && equalContent(theirs, toEnvelope({ ...next, _deleted: false }))) return row;
        // A value of the server's that its author has not seen gives way here as it would in a merge.
        const ofServer = row.edited === 0 && row.rev > 0 && grown.lost.length > 0;
        loss = ofServer ? { mine: next, theirs, lost: grown.lost, loser: 'theirs' } : null;
        return next;
      });
      if (loss) await this.#store.resolver.onLost?.(loss);
    }
    await this.refusals.drop(id);
  }

  /** Removes what is shown. Where that is a refused text, what others wrote since outlives the removal (MERGE-5). */
  async remove(id: string, now: number): Promise<void> {
    const known = await this.#store.db.documents.findOne(id).exec();
    const refusal = await this.refusals.get(id);
    let loss: Loss | null = null;
    await known?.incrementalModify((row) => {
      if (row._deleted) return row;
      const removed = { ...row, removed: true, edited: now };
      const unseen = refusal && row.edited === 0 && row.rev > 0 && !equalJson(refusal.base, row.body);
      const theirs = toEnvelope({ ...row, _deleted: false });
      loss = unseen ? { mine: removed, theirs, lost: [DELETED], loser: 'mine' } : null;
      return unseen ? row : removed;
    });
    if (loss) await this.#store.resolver.onLost?.(loss);
    await this.refusals.drop(id);
  }

  /**
   * Notes that the server has these texts. RxDB leaves a document alone that has a local change, and a push of what the
   * server has already makes no new revision: without this, an edit whose answer was lost would wait for ever.
   */
  async confirm(copies: readonly Envelope[]): Promise<void> {
    const waiting = new Map((await this.waiting()).map((row) => [row.id, row]));
    for (const copy of copies) {
      const mine = waiting.get(copy.id);
      if (!mine || copy.deleted) continue;
      // What is written once is the server's as soon as the server has it, also in the form it brought the value into.
      const taken =
        mergeRule(copy.kind).merge === 'append' || equalContent(toEnvelope({ ...mine, _deleted: false }), copy);
      if (!taken) continue;
      const { rev, schemaVersion, body, by, at } = copy;
      const row = await this.#store.db.documents.findOne(copy.id).exec();
      await row?.incrementalModify((now) =>
        now.edited === mine.edited ? { ...now, rev, schemaVersion, body, by, at, edited: 0 } : now,
      );
    }
  }

  /** Deletes documents whose removal the server took. One it never had comes back by no pull. */
  async confirmRemoved(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const row = await this.#store.db.documents.findOne(id).exec();
      await row?.incrementalModify((now) => (now.removed ? { ...now, edited: 0, _deleted: true } : now));
    }
  }

  /** Calls back with the kinds of documents that changed. */
  onChange(listener: (kind: string) => void): () => void {
    const subscription = this.#store.db.documents.$.subscribe((event) => listener(event.documentData.kind));
    return () => subscription.unsubscribe();
  }
}

/** RxDB has one object for each state of a document, and every change makes all lists be read again: each is checked once. */
const checked = new WeakMap<RxDocument<LocalDocument>, StoredDoc | null>();

function toStored(row: RxDocument<LocalDocument>): StoredDoc | null {
  const known = checked.get(row);
  if (known !== undefined) return known;
  const stored = readRow(row);
  checked.set(row, stored);
  return stored;
}

function readRow(row: RxDocument<LocalDocument>): StoredDoc | null {
  const kind = kindOf(row.kind);
  const spec = kindSpec(row.kind, row.id);
  if (!kind || !spec || row.removed || row.schemaVersion > spec.version) return null;
  const parsed = spec.schema.safeParse(row.toJSON().body);
  if (!parsed.success) return null;
  return { id: row.id, kind, body: parsed.data, waiting: row.edited > 0, rev: row.rev };
}

/** What a text becomes when it is edited. Fields that this build does not know stay (VER-5). */
function grow(
  { kind, body: stored }: LocalDocument,
  schema: z.ZodType<Record<string, unknown>>,
  next: Record<string, unknown>,
  base: Body | null | undefined,
): { body: Record<string, unknown>; lost: Lost[] } {
  const [read, from] = [
    schema.safeParse(stored),
    // What was deleted has no text: who wrote after it grew from nothing, which is not the same as replacing what is there.
    base ? (schema.safeParse(base).data ?? null) : base,
  ];
  if (!read.success) return { body: next, lost: [] };
  const { body, lost } = from === undefined ? { body: next, lost: [] } : mergeDocument(kind, from, next, read.data);
  return { body: keepUnknown(stored, read.data, body), lost };
}

function readBody(schema: z.ZodType<Record<string, unknown>>, body: Body): Record<string, unknown> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError('invalid_input', issue?.message ?? 'This is not valid.', issue?.path.join('.') || undefined);
}
