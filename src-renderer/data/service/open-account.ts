/** Everything that belongs to one signed-in account while it is open: its data on this device, the engine, and sync. */

import { z } from 'zod';
import { Engine } from '#renderer/data/columns/engine.ts';
import { ChunkStore } from '#renderer/data/store/chunks.ts';
import { DocumentStore } from '#renderer/data/store/documents.ts';
import { isForgotten } from '#renderer/data/store/forgetting.ts';
import type { Account, Loss } from '#renderer/data/store/last-account.ts';
import { MetaStore } from '#renderer/data/store/meta.ts';
import { takeOverOldStore } from '#renderer/data/store/old-store.ts';
import type { Replication } from '#renderer/data/store/replicate.ts';
import { basesOfUnsent, finishRescue, startOver } from '#renderer/data/store/rescue.ts';
import { type OpenReview, writeKeptReviews } from '#renderer/data/store/reviews.ts';
import { openUserStore, removeUserStore, type UserStore } from '#renderer/data/store/user-store.ts';
import { ColumnSync } from '#renderer/data/sync/column-sync.ts';
import { Connection } from '#renderer/data/sync/connection.ts';
import { forgetReplication, knownEpoch, startDocumentSync } from '#renderer/data/sync/document-sync.ts';
import { Stopped, UnderWay } from '#renderer/data/sync/under-way.ts';
import { can } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { evaluateSteps } from '#shared/segment/evaluate.ts';
import { resolveRule } from '#shared/segment/resolve.ts';
import { documentKinds, type Envelope } from '#shared/sync/envelope.schema.ts';
import type { helloInput } from '#shared/sync/wire.schema.ts';
import type { AccountDeps, StartOver } from './account-deps.ts';
import { Coalesced } from './coalesced.ts';
import { readErasures, readFields, readParameters } from './document-facts.ts';
import { readOverlay } from './edit-overlay.ts';
import type { OwnDevice, PersonalChange } from './own-device.ts';
import { judgeReviews, settleDecided } from './review-standing.ts';

const SYNCED_AT = 'syncedAt';
const HOUR_MS = 3_600_000;
const LOST: Record<Loss, string> = {
  key: "The key to this device's data was missing. Everything is being fetched again.",
  data: "This device's data was removed by the browser. It is being fetched again.",
  unreadable: "This device's data could not be read any more. It is being fetched again.",
};

export class OpenAccount {
  readonly account: Account;
  readonly device: OwnDevice;
  readonly engine: Engine;
  readonly store: UserStore;
  readonly meta: MetaStore;
  readonly documents: DocumentStore;
  readonly columns: ColumnSync;
  readonly connection: Connection;
  transfer: { done: number; total: number } | null = null;
  waiting = 0;
  refused = 0;
  reviews = 0;
  syncedAt: number | null = null;
  /** What happened to the data of this device, in words; gone once everything is here again. */
  notice: string | null = null;
  readonly #deps: AccountDeps;
  #replication: Replication | null = null;
  /** Whatever looks into the store on somebody's behalf. */
  readonly #underWay = new UnderWay();
  #unsubscribe: (() => void) | null = null;
  readonly #recount: Coalesced;
  readonly #overlay: Coalesced;
  #epochChanged = false;
  #erased = new Set<number>();
  /** Reviews that had decided themselves. */
  readonly #decided = new Set<string>();
  #clock: ReturnType<typeof setInterval> | null = null;

  private constructor(account: Account, device: OwnDevice, store: UserStore, deps: AccountDeps) {
    const { hub, platform } = deps;
    const { server, sha256, now } = platform;
    const onError = this.#failed;
    this.account = account;
    this.device = device;
    this.store = store;
    this.#deps = deps;
    this.engine = new Engine((rule, view, context) => evaluateSteps(resolveRule(rule, context), view), {
      get zone() {
        return account.workspace.timeZone;
      },
      get currency() {
        return account.workspace.currency;
      },
      now,
    });
    this.#recount = new Coalesced(() => this.#count(), onError);
    this.#overlay = new Coalesced(async () => {
      await this.#refreshOverlay();
      hub.tell({ topic: 'columns' });
    }, onError);
    this.meta = new MetaStore(store);
    this.documents = new DocumentStore(store, this.meta);
    this.connection = new Connection(server.rpc, {
      now,
      lastContact: () => Math.max(device.record.reachedAt, this.syncedAt ?? 0),
      onState: () => hub.tell({ topic: 'status' }),
      onGreeted: (me) => this.#greeted(me),
      onSessionEnded: deps.onSessionEnded,
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
      onChange: () => this.#overlay.soon(),
      onSettled: () => {
        this.#noteSynced();
        // What a contact says now may have decided a review.
        this.#recount.soon();
      },
      onTransfer: (transfer) => {
        this.transfer = transfer;
        hub.tell({ topic: 'status' });
      },
      onEpochChanged: () => this.#startOver(true),
      onSpace: () => hub.tell({ topic: 'status' }),
      onGeneration: () => this.#generationTaken().catch(onError),
      keep: () => device.keep,
    });
  }

  /** Opens what this device holds; nothing here waits for the server. `lost` says why the caller had to destroy it before. */
  static async open(
    account: Account,
    device: OwnDevice,
    deps: AccountDeps,
    lost: Loss | null = null,
  ): Promise<OpenAccount> {
    const store = await openUserStore(account.database, deps.platform.backend, deps.platform.onError);
    const opened = new OpenAccount(account, device, store, deps);
    await takeOverOldStore(account.user.id, store);
    await finishRescue(store, opened.meta);
    const why = lost ?? store.missing;
    if (why !== null && device.record.since !== null) {
      opened.notice = LOST[why];
      await device.save({ since: null, lost: { at: deps.platform.now(), why } });
    }
    const [synced] = await Promise.all([
      opened.meta.get(SYNCED_AT, z.object({ at: z.number() })),
      Promise.all([opened.columns.open(), opened.#refreshFields()]).then(() => opened.#refreshOverlay()),
      opened.#refreshParameters(),
      opened.#count(),
    ]);
    opened.syncedAt = synced?.at ?? null;
    await opened.#lookForErasures();
    opened.#unsubscribe = opened.documents.onChange((kind) => opened.#documentChanged(kind));
    return opened;
  }

  /** Begins to talk to the server. */
  async start(): Promise<void> {
    const { server, now } = this.#deps.platform;
    const onError = this.#failed;
    const { store, documents, meta, connection } = this;
    this.#replication = await startDocumentSync({
      store,
      documents,
      meta,
      connection,
      rpc: server.rpc,
      now,
      userId: this.account.user.id,
      mayEdit: () => this.#mayEdit(),
      onError,
      isGone: (document) => isForgotten(document, { contacts: [...this.#erased], personal: this.device.keep.personal }),
      onEpochChanged: (restored) => this.#startOver(restored),
      onProgress: () => this.#recount.soon(),
    });
    connection.start();
    this.#clock = setInterval(() => this.#checkLease().catch(onError), HOUR_MS);
  }

  /** What this device tells the server that it holds. */
  holds(): z.infer<typeof helloInput>['holds'] {
    const { held } = this.columns;
    const events = held?.chunks.filter(({ table }) => table === 'event') ?? [];
    return {
      contacts: this.engine.contactCount,
      personal: held?.personal ?? false,
      events: events.reduce((sum, { rows }) => sum + rows, 0),
      bytes: held?.chunks.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0,
      since: this.device.record.since,
    };
  }

  /** Looks at the server at once. */
  async syncNow(): Promise<void> {
    this.connection.retryNow();
    this.#replication?.resync();
    this.columns.refresh(null);
    await this.columns.settled();
  }

  /** What unsent texts grew from, by id, as far as it is known. */
  bases(): Promise<Map<string, Envelope>> {
    return basesOfUnsent(this.store, this.#replication);
  }

  /** Tells that kept texts were added or dropped. */
  reviewsChanged(): void {
    this.#recount.soon();
  }

  /** Answers a question. The store is not closed before; rejects with Stopped when it is about to be. */
  answer<T>(question: () => Promise<T>): Promise<T> {
    return this.#underWay.run(question);
  }

  /** Answers no more; resolves when what was asked is answered. What that would have waited for, from the server, is given up. */
  async settle(): Promise<void> {
    this.columns.giveUp();
    await this.#underWay.end();
  }

  async close(): Promise<void> {
    await this.#stop();
    await this.store.db.close();
  }

  /** Closes, keeping only what was never accepted (and the bytes of chunks, unless they go too); the next opening compares everything anew. */
  async closeToStartOver({ restored, chunks }: StartOver): Promise<void> {
    const bases = await basesOfUnsent(this.store, this.#replication);
    await this.#stop();
    await this.columns.forget();
    if (chunks) await new ChunkStore(this.store, this.#deps.platform.sha256).keepOnly(new Set());
    // Revisions of a restored server begin before those that were seen.
    if (restored) await this.store.keyring.noteErasedTo(0);
    await startOver(this.store, this.meta, await knownEpoch(this.meta), bases);
    await forgetReplication(this.meta, restored);
    await this.store.db.close();
  }

  /** Deletes everything of this account from this device. */
  async remove(): Promise<void> {
    await this.#stop();
    await removeUserStore(this.store);
  }

  async #stop(): Promise<void> {
    this.#unsubscribe?.();
    if (this.#clock !== null) clearInterval(this.#clock);
    await this.settle();
    this.connection.stop();
    await this.#replication?.stop();
    await this.columns.stop();
    // An answer that comes now must not look into a store that is being closed or made anew.
    await this.#recount.stop();
    await this.#overlay.stop();
  }

  /** What ends because this account is being closed is no failure. */
  readonly #failed = (error: unknown): void => {
    if (!(error instanceof Stopped)) this.#deps.platform.onError(error);
  };

  #startOver(restored: boolean): void {
    if (this.#epochChanged) return;
    this.#epochChanged = true;
    this.#deps.onStartOver(restored);
  }

  /** Before anything else is asked: the server learns what this device holds, the device what its person may see. */
  async #greeted(me: Caller): Promise<boolean> {
    if (me.userId !== this.account.user.id) {
      this.#deps.onConnected();
      return false;
    }
    return (await this.#hello()) === 'same';
  }

  async #hello(): Promise<PersonalChange> {
    const { server, deviceName, now } = this.#deps.platform;
    const { deviceId } = this.device.record;
    const answer = await server.rpc.device.hello.mutate({ deviceId, name: deviceName, holds: this.holds() });
    // One that comes when this account is being closed must not write over what is noted of the device by then.
    return this.answer(async () => {
      const change = await this.device.welcomed(answer.role, answer.leaseDays);
      if (this.#mayEdit()) await writeKeptReviews(this.documents, now);
      this.#deps.hub.tell({ topic: 'status' });
      this.personalChanged(change);
      return change;
    });
  }

  /** A lost right takes every personal value from this device; a regained one brings them back. */
  personalChanged(change: PersonalChange): void {
    if (change === 'lost') this.#deps.onForget({ contacts: [], personal: false }, this.store.keyring.erasedTo);
    if (change === 'gained') this.#deps.onStartOver(false);
  }

  async #checkLease(): Promise<void> {
    if (this.connection.state.online) return;
    await this.answer(() => this.device.noteSeen());
    this.#deps.hub.tell({ topic: 'status' });
    if (this.device.expired) this.#deps.onLeaseExpired();
  }

  async #generationTaken(): Promise<void> {
    await this.answer(async () => {
      const { held } = this.columns;
      const { platform, hub } = this.#deps;
      this.notice = null;
      hub.tell({ topic: 'status' });
      if (this.device.record.since === null && held) {
        // Nothing was sealed here before what this generation holds.
        if (this.store.missing !== null) await this.store.keyring.noteErasedTo(held.erasedTo);
        await this.device.save({ since: platform.now() });
      }
      await this.#lookForErasures();
    });
    await this.connection.attempt(() => this.#hello());
  }

  /**
   * Erased contacts are hidden at once; when the generation in use is free of them, everything is sealed anew and the old
   * key destroyed.
   */
  async #lookForErasures(): Promise<void> {
    const { erasedTo } = this.store.keyring;
    const { contacts, newest } = await readErasures(this.documents, erasedTo);
    this.#erased = new Set(contacts);
    this.columns.mask(contacts);
    if (newest === 0) return;
    this.#deps.hub.tell({ topic: 'columns' });
    const held = this.columns.held;
    if (held && held.erasedTo >= newest) this.#deps.onForget({ contacts, personal: true }, newest);
    else this.columns.refresh(null);
  }

  #documentChanged(kind: string): void {
    const known = documentKinds.find((one) => one === kind);
    if (known) this.#deps.hub.tell({ topic: 'documents', kind: known });
    if (kind === 'erasure') this.answer(() => this.#lookForErasures()).catch(this.#failed);
    if (kind === 'contact-edit') this.#overlay.soon();
    if (kind === 'event-type') {
      this.answer(() => this.#refreshParameters()).then(() => this.#deps.hub.tell({ topic: 'columns' }), this.#failed);
    }
    if (kind === 'contact-field')
      this.answer(() => this.#refreshFields()).then(() => this.#overlay.soon(), this.#failed);
    this.#recount.soon();
  }

  async #refreshFields(): Promise<void> {
    this.engine.fields = await readFields(this.documents);
  }

  async #refreshOverlay(): Promise<void> {
    this.engine.store.setEdits(await readOverlay(this.documents, this.columns.version, this.engine.fields));
  }

  async #refreshParameters(): Promise<void> {
    this.engine.parameters = await readParameters(this.documents);
  }

  async #count(): Promise<void> {
    const waiting = (await this.documents.waiting()).length;
    const refused = (await this.documents.refusals.all()).size;
    const judged = await judgeReviews(this);
    const reviews = judged.open.length + refused;
    await this.#settleDecided(judged.settled);
    if (waiting === this.waiting && refused === this.refused && reviews === this.reviews) return;
    this.waiting = waiting;
    this.refused = refused;
    this.reviews = reviews;
    this.#noteSynced();
    this.#deps.hub.tell({ topic: 'status' });
  }

  async #settleDecided(settled: readonly OpenReview[]): Promise<void> {
    if (!this.#mayEdit()) return;
    // Once: what the server would not take must not be sent again and again.
    const fresh = settled.filter(({ id }) => !this.#decided.has(id));
    for (const { id } of fresh) this.#decided.add(id);
    await settleDecided(this, fresh, this.#deps.platform.now);
  }

  #mayEdit(): boolean {
    const { role } = this.device.record;
    return role === null || can(role, 'edit');
  }

  #noteSynced(): void {
    const { online, signInNeeded } = this.connection.state;
    if (!online || signInNeeded || this.waiting > 0 || !this.columns.hasGeneration || this.transfer) return;
    this.syncedAt = this.#deps.platform.now();
    const at = this.syncedAt;
    this.answer(() => this.meta.set(SYNCED_AT, { at })).catch(this.#failed);
    this.#deps.hub.tell({ topic: 'status' });
  }
}
