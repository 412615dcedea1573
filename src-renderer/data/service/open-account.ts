/** Everything that belongs to one signed-in account while it is open: its data on this device, the engine, and sync. */

import { z } from 'zod';
import { Engine } from '#renderer/data/columns/engine.ts';
import type { Platform } from '#renderer/data/platform.ts';
import { ChunkStore } from '#renderer/data/store/chunks.ts';
import { DocumentStore } from '#renderer/data/store/documents.ts';
import type { Account } from '#renderer/data/store/last-account.ts';
import { MetaStore } from '#renderer/data/store/meta.ts';
import type { Replication } from '#renderer/data/store/replicate.ts';
import { finishRescue, startOver } from '#renderer/data/store/rescue.ts';
import { openUserStore, removeUserStore, type UserStore } from '#renderer/data/store/user-store.ts';
import { ColumnSync } from '#renderer/data/sync/column-sync.ts';
import { Connection } from '#renderer/data/sync/connection.ts';
import { forgetReplication, startDocumentSync } from '#renderer/data/sync/document-sync.ts';
import { evaluateRule } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import { documentKinds } from '#shared/sync/envelope.schema.ts';
import type { ChangeHub } from './change-hub.ts';
import { readOverlay } from './edit-overlay.ts';

const SYNCED_AT = 'syncedAt';

export type AccountDeps = {
  platform: Platform;
  hub: ChangeHub;
  /** The stream is up: somebody may have signed in as someone else, or renamed the workspace. */
  onConnected: () => void;
  /** The server was restored: this account has to be opened anew. */
  onStartOver: () => void;
};

export class OpenAccount {
  readonly account: Account;
  readonly engine: Engine;
  readonly store: UserStore;
  readonly meta: MetaStore;
  readonly documents: DocumentStore;
  readonly columns: ColumnSync;
  readonly connection: Connection;
  transfer: { done: number; total: number } | null = null;
  waiting = 0;
  refused = 0;
  syncedAt: number | null = null;
  readonly #deps: AccountDeps;
  #replication: Replication | null = null;
  #unsubscribe: (() => void) | null = null;
  #recount: Promise<void> = Promise.resolve();
  #epochChanged = false;

  private constructor(account: Account, store: UserStore, deps: AccountDeps) {
    const { hub, platform } = deps;
    const { server, sha256, now, onError } = platform;
    this.account = account;
    this.store = store;
    this.#deps = deps;
    this.engine = new Engine((rule, view, context) => evaluateRule(resolveRule(rule, context), view), {
      get zone() {
        return account.workspace.timeZone;
      },
      get currency() {
        return account.workspace.currency;
      },
      now,
    });
    this.meta = new MetaStore(store);
    this.documents = new DocumentStore(store, this.meta);
    this.connection = new Connection(server.rpc, {
      now,
      onState: () => hub.tell({ topic: 'status' }),
      onConnected: () => {
        this.#replication?.resync();
        this.columns.refresh(null);
        deps.onConnected();
      },
      onHint: (hint) => {
        this.#replication?.resync();
        this.columns.refresh(hint);
      },
    });
    this.columns = new ColumnSync({
      engine: this.engine,
      chunks: new ChunkStore(store, sha256),
      meta: this.meta,
      connection: this.connection,
      server,
      sha256,
      now,
      onError,
      onChange: () => this.#columnsChanged(),
      onSettled: () => this.#noteSynced(),
      onTransfer: (transfer) => {
        this.transfer = transfer;
        hub.tell({ topic: 'status' });
      },
      onEpochChanged: () => this.#startOver(),
    });
  }

  /** Opens what this device holds; nothing here waits for the server. */
  static async open(account: Account, deps: AccountDeps): Promise<OpenAccount> {
    const store = await openUserStore(account.database, deps.platform.backend);
    const opened = new OpenAccount(account, store, deps);
    await finishRescue(store, opened.meta);
    const [synced] = await Promise.all([
      opened.meta.get(SYNCED_AT, z.object({ at: z.number() })),
      opened.columns.open().then(() => opened.#refreshOverlay()),
      opened.#count(),
    ]);
    opened.syncedAt = synced?.at ?? null;
    opened.#unsubscribe = opened.documents.onChange((kind) => opened.#documentChanged(kind));
    return opened;
  }

  /** Begins to talk to the server. */
  async start(): Promise<void> {
    const { server, now, onError } = this.#deps.platform;
    const { store, documents, meta, connection } = this;
    this.#replication = await startDocumentSync({
      store,
      documents,
      meta,
      connection,
      rpc: server.rpc,
      now,
      userId: this.account.user.id,
      onError,
      onEpochChanged: () => this.#startOver(),
      onProgress: () => this.#recountSoon(),
    });
    connection.start();
  }

  /** Looks at the server at once. */
  async syncNow(): Promise<void> {
    this.connection.retryNow();
    this.#replication?.resync();
    this.columns.refresh(null);
    await this.columns.settled();
  }

  /** Tells that kept texts were added or dropped. */
  reviewsChanged(): void {
    this.#recountSoon();
  }

  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.connection.stop();
    await this.#replication?.stop();
    await this.columns.stop();
    await this.#recount;
    await this.store.db.close();
  }

  /** Closes, keeping only what was never accepted; the next opening compares everything anew. */
  async closeToStartOver(): Promise<void> {
    this.#unsubscribe?.();
    this.connection.stop();
    await this.#replication?.stop();
    await this.columns.stop();
    await this.#recount;
    await this.columns.forget();
    await forgetReplication(this.meta);
    await startOver(this.store, this.meta);
    await this.store.db.close();
  }

  /** Deletes everything of this account from this device. */
  async remove(): Promise<void> {
    this.#unsubscribe?.();
    this.connection.stop();
    await this.#replication?.stop();
    await this.columns.stop();
    await this.#recount;
    await removeUserStore(this.store);
  }

  #startOver(): void {
    if (this.#epochChanged) return;
    this.#epochChanged = true;
    this.#deps.onStartOver();
  }

  #documentChanged(kind: string): void {
    const known = documentKinds.find((one) => one === kind);
    if (known) this.#deps.hub.tell({ topic: 'documents', kind: known });
    if (kind === 'contact-edit') {
      this.#refreshOverlay().then(() => this.#deps.hub.tell({ topic: 'columns' }), this.#deps.platform.onError);
    }
    this.#recountSoon();
  }

  #columnsChanged(): void {
    this.#refreshOverlay().then(() => this.#deps.hub.tell({ topic: 'columns' }), this.#deps.platform.onError);
  }

  async #refreshOverlay(): Promise<void> {
    this.engine.store.setEdits(await readOverlay(this.documents, this.columns.version));
  }

  #recountSoon(): void {
    this.#recount = this.#recount.then(() => this.#count()).catch(this.#deps.platform.onError);
  }

  async #count(): Promise<void> {
    const waiting = (await this.documents.waiting()).length;
    const reviews = await this.documents.reviews();
    const refused = [...reviews.values()].filter(({ reason }) => reason === 'refused').length;
    if (waiting === this.waiting && refused === this.refused) return;
    this.waiting = waiting;
    this.refused = refused;
    this.#noteSynced();
    this.#deps.hub.tell({ topic: 'status' });
  }

  #noteSynced(): void {
    const { online, signInNeeded } = this.connection.state;
    if (!online || signInNeeded || this.waiting > 0 || !this.columns.hasGeneration) return;
    this.syncedAt = this.#deps.platform.now();
    this.meta.set(SYNCED_AT, { at: this.syncedAt }).catch(this.#deps.platform.onError);
    this.#deps.hub.tell({ topic: 'status' });
  }
}
