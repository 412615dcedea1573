/**
 * The one contract between the UI thread and the data worker. The UI asks for pages, counts and series, never for N rows.
 * Everything but `actions` answers offline. Errors are plain objects {code, message, field?} (see DataError).
 */

import type { Role } from '#shared/account/roles.ts';
import type { SystemInfo } from '#shared/api/ports.ts';
import type { CampaignRun, DeliveryState, SkipReason } from '#shared/campaign/campaign.schema.ts';
import type { Computed } from '#shared/contact/computed.schema.ts';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import type { ContactField, ContactMeasure } from '#shared/contact/contact-fields.ts';
import type { FieldId } from '#shared/contact/field.schema.ts';
import type { SeenParameter } from '#shared/event/live-event.schema.ts';
import type { ErrorCode } from '#shared/kernel/errors.ts';
import type { RevenueFigures } from '#shared/report/revenue.schema.ts';
import type { Rule } from '#shared/segment/segment.schema.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import type { DataActions } from './data-actions.ts';
import type { RemoteChange, WaitingChange } from './data-changes.ts';
import type { Loss } from './store/last-account.ts';

/** superseded: the same asker asked something newer meanwhile; nobody waits for this answer any more. */
export type DataError = { code: ErrorCode | 'offline' | 'superseded'; message: string; field?: string };

export type SessionState =
  | { state: 'starting' }
  /** No account on the server yet: show the set-up screen. */
  | { state: 'setup'; info: SystemInfo }
  /** `notice`: why this device is signed out, in words, when nobody here asked for it. */
  | { state: 'signedOut'; info: SystemInfo | null; notice?: string }
  | { state: 'signedIn'; user: { id: string; email: string; name: string }; workspace: SystemInfo['workspace'] };

/** What the status pill and the sync panel show. */
export type SyncStatus = {
  online: boolean;
  /** Epoch ms since when the server has been unreachable; null while online. */
  offlineSince: number | null;
  /** The session ended on the server: local data stays, sync waits for a new sign-in. */
  signInNeeded: boolean;
  /** Local changes the server has not accepted yet. */
  waiting: number;
  refused: number;
  /** Last time everything was in step with the server. */
  syncedAt: number | null;
  /** First download: bytes done and total; null when a generation is complete. */
  transfer: { done: number; total: number } | null;
  generation: number;
  lastError: string | null;
  /** What this person may do; null until the server said so once. The app hides what would be refused. */
  role: Role | null;
  /** The app and the server are too far apart in age to sync; changes wait. */
  mismatch: 'appTooOld' | 'serverTooOld' | null;
  /** Open entries of Review. */
  reviews: number;
  /** Until when this device keeps its data without reaching the server; null while that is far off or unknown. */
  leaseUntil: number | null;
  /** The device is full: new data cannot be stored until something is given up (see Keep). */
  full: boolean;
};

/** What this device keeps. Smaller needs less space; the server keeps everything. */
export type Keep = {
  /** Days of events kept here; null = all. */
  eventDays: 90 | 180 | 365 | null;
  /** Names, addresses and other personal values; false = figures only, as for a laptop that travels. */
  personal: boolean;
};

/** The Sync screen's facts. Sizes are bytes on this device. */
export type LocalData = {
  parts: {
    what: 'contacts' | 'personal' | 'orders' | 'events' | 'deliveries' | 'memberships' | 'documents';
    rows: number;
    bytes: number;
    /** Epoch ms of the oldest and newest; null where that says nothing. */
    from: number | null;
    to: number | null;
  }[];
  /** Since when this device has held data. */
  since: number | null;
  /** The last time everything had to be fetched anew because what was here could not be opened, and why. */
  lost: { at: number; why: Loss } | null;
  keep: Keep;
  /** Space the browser lets this app use, as it estimates; null when it does not say. */
  usage: { used: number; quota: number } | null;
  /** True when the browser promised not to evict it. */
  persisted: boolean;
};

/** A value that gave way, or a text that was refused. */
export type ReviewItem = {
  id: string;
  reason: 'merge' | 'restored' | 'refused';
  kind: DocumentKind;
  documentId: string;
  name: string;
  contactId: number | null;
  at: number;
  keptBy: { id: string; name: string } | null;
  lostBy: { id: string; name: string } | null;
  /** For a refusal: why, in words. */
  message: string | null;
  /** `current`: what it is now, where that is neither any more; absent while `kept` still stands. */
  fields: { field: string; kept: unknown; lost: unknown; current?: unknown }[];
  /** True when there is nothing on the server that this could be compared with: it was deleted or never came back. */
  gone?: boolean;
};

/** Time and generation an answer was computed from. */
export type AsOf = {
  generation: number;
  version: number;
  at: number | null;
  /** From when on this device knows all events, epoch ms; null = from the beginning. */
  eventsFrom: number | null;
};

export type SortKey = AnyField | ContactMeasure | 'id';
export type ContactQuery = {
  search: string;
  /** null = everybody. */
  rule: Rule | null;
  sort: { key: SortKey; descending: boolean };
  /** Computed fields whose values the rows are to carry. */
  show?: readonly FieldId[];
};
/** What a computed field says; contacts with 0 or nothing are left out of `count` and `sample`. */
export type ComputedPreview = {
  count: number;
  total: number;
  sample: { id: number; name: string; cell: string | number }[];
  asOf: AsOf;
};
export type ContactRow = { id: number } & { [K in ContactField]: string | number | null } & {
  orderCount: number;
  /** 1/10,000 of the workspace currency. */
  revenue: number;
  lastOrderAt: number | null;
  /** Values of additional fields, as columns hold them; without those that are empty. */
  fields: Readonly<Record<FieldId, string | number>>;
};
export type ContactPage = { rows: ContactRow[]; total: number; offset: number; asOf: AsOf };

export type OrderRow = {
  rowId: number;
  externalOrderId: string;
  at: number;
  status: string;
  currency: string;
  gross: number;
  returns: number;
  lines: { externalItemId: string; name: string; quantity: number; price: number; amount: number }[];
};
export type DeliveryRow = {
  rowId: number;
  at: number;
  campaignId: string | null;
  state: DeliveryState;
  reason: SkipReason | string | null;
  sentAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
};
/** A list the contact is in, or a category it spoke of. */
export type Membership = {
  /** Id of the `list` or `category` document. */
  list: string;
  /** It left the category. */
  left: boolean;
  since: number;
  source: string;
};
/** The segments a contact is in now, by name. */
export type ContactSegments = {
  /** since null: nobody knows (yet) since when. */
  segments: { id: string; name: string; since: number | null }[];
  /** Of these, how many the server has not spoken of: it looks every few minutes. */
  untold: number;
  /** Segments of which it is not known here whether the contact is in them. */
  unknown: number;
};
/** By id of list or category. */
export type ListCounts = Record<string, { members: number; left: number }>;
export type ContactCard = {
  row: ContactRow;
  /** Fields with an own edit the server has not accepted yet. */
  pending: AnyField[];
  orders: OrderRow[];
  deliveries: DeliveryRow[];
  memberships: Membership[];
};

/** What a contact did, newest first. */
export type ContactEvents = {
  /** unknown: nobody asked the server yet (fetchEventDetails); newest: there are older ones; all: as far as this device keeps them. */
  reach: 'unknown' | 'newest' | 'all';
  events: {
    rowId: number;
    at: number;
    type: string;
    /** What it says; null while this device does not know it: see fetchEventDetails. `params` null: too long to keep. */
    details: { params: Readonly<Record<string, unknown>> | null; source: string } | null;
  }[];
  asOf: AsOf;
};

/** By type: how many, when last, and the days just passed, the last of them today. */
export type EventFigures = {
  days: { period: string; from: number }[];
  /** The most recent first. */
  types: { key: string; total: number; lastAt: number; byDay: number[] }[];
  asOf: AsOf;
};
/** One type over time; contacts are those who did it in the period. */
export type EventVolume = {
  events: number;
  contacts: number;
  rows: { period: string; from: number; events: number; contacts: number }[];
  asOf: AsOf;
};
/** What this device knows of an event by itself: who, when and what. */
export type LocalEvent = { rowId: number; contactId: number; name: string | null; at: number; type: string };

export type Doc<T = Record<string, unknown>> = {
  id: string;
  kind: DocumentKind;
  body: T;
  /** True while the server has not accepted the newest local text. */
  waiting: boolean;
  /** Why the server refused the newest local text; the text is kept. */
  refusal: string | null;
};

export type SegmentAnswer = { count: number; total: number; sample: ContactRow[]; elapsedMs: number; asOf: AsOf };

export type RevenueSeries = {
  currency: string;
  known: RevenueFigures;
  all: RevenueFigures;
  rows: { period: string; from: number; known: RevenueFigures; all: RevenueFigures }[];
  asOf: AsOf;
};

/** One campaign's figures from the delivery columns. */
export type CampaignFigures = {
  recipients: number;
  states: Partial<Record<DeliveryState, number>>;
  skipped: Partial<Record<SkipReason, number>>;
  opened: number;
  machineOpened: number;
  clicked: number;
  unsubscribed: number;
  /** Orders (gross − returns) of recipients within 7 days of the mail, 1/10,000. */
  revenue: number;
  orders: number;
  /** Recipients with at least one of those orders. */
  buyers: number;
  /** By hour since start: opens and clicks. */
  series: { at: number; sent: number; opened: number; clicked: number }[];
  asOf: AsOf;
};

/** Which recipients of a campaign: all, one delivery state, or those who opened or clicked. */
export type RecipientFilter = 'all' | DeliveryState | 'opened' | 'clicked';
export type RecipientRow = {
  rowId: number;
  contactId: number;
  /** First and last name, else the address, else `Contact <id>`. */
  name: string;
  email: string | null;
  state: DeliveryState;
  reason: SkipReason | string | null;
  sentAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
};
/** In the order the deliveries were made. */
export type RecipientPage = { rows: RecipientRow[]; total: number; offset: number; asOf: AsOf };

/** Home's checklist, ticked from real state. */
export type Checklist = {
  contactsIn: boolean;
  senderSet: boolean;
  mailToMyself: boolean;
  firstSegment: boolean;
  firstCampaign: boolean;
};

/** What changed, so that open views ask again. */
export type Change = { topic: 'session' | 'status' | 'columns' | 'documents'; kind?: DocumentKind };

export type Distinct = { value: string; count: number }[];

/** Exposed over Comlink by the shared worker; `observe` takes a Comlink proxy. */
export type DataApi = {
  session(): Promise<SessionState>;
  status(): Promise<SyncStatus>;
  /** Calls back after every change; answers a function that ends it. */
  observe(listener: (change: Change) => void): Promise<() => void>;
  syncNow(): Promise<void>;
  /** Drops every copy of the server's data and fetches it anew; unsent changes stay. */
  redownload(): Promise<void>;
  localData(): Promise<LocalData>;
  setKeep(keep: Keep): Promise<void>;
  waitingChanges(): Promise<WaitingChange[]>;
  /** Everything that waits or was refused, as a JSON file a person can keep and read. */
  exportWaiting(): Promise<{ name: string; text: string }>;
  recentChanges(limit: number): Promise<RemoteChange[]>;
  reviews(): Promise<ReviewItem[]>;
  /** keep: as it is now; takeBack: the value that gave way (or the refused text) becomes an edit of one's own. */
  settleReview(id: string, choice: 'keep' | 'takeBack'): Promise<void>;

  /** `asker` names a view: as soon as it asks another query, pages of the one before are given up with `superseded`. */
  contactPage(query: ContactQuery, offset: number, limit: number, asker?: string): Promise<ContactPage>;
  /** Ids alone, of a part of what contactPage answers: for choosing many rows. */
  contactIds(query: ContactQuery, offset: number, limit: number): Promise<number[]>;
  contactCard(id: number): Promise<ContactCard | null>;
  /** `all` false: what is known without reading the columns of everybody's events; see contactEvents. */
  contactSegments(id: number, all: boolean): Promise<ContactSegments>;
  /** Values of the computed fields of a contact; without those that are empty. */
  computedOf(id: number): Promise<Record<FieldId, string | number>>;
  /** What a definition would say, while it is being written. */
  computedPreview(computed: Computed, sampleSize: number, asker?: string): Promise<ComputedPreview>;
  /** Newest first. `all` false: what is known without reading the columns of everybody's events, which may be millions. */
  contactEvents(id: number, all: boolean): Promise<ContactEvents>;
  /** Saves locally at once; travels when the server is there. Rejects with invalid_input for a value the field refuses. */
  editContact(id: number, field: AnyField, to: string | null): Promise<void>;
  /** The same for several, without the server; answers what those that changed had before. */
  editContacts(
    ids: readonly number[],
    field: AnyField,
    to: string | null,
  ): Promise<{ id: number; before: string | null }[]>;
  /** Values of a choice field with counts, most frequent first. */
  distinct(field: AnyField, limit: number): Promise<Distinct>;
  /** Keys of events and their counts. */
  eventTypes(): Promise<Distinct>;
  eventFigures(): Promise<EventFigures>;
  eventVolume(input: {
    type: string;
    by: 'day' | 'month';
    from: number | null;
    to: number | null;
  }): Promise<EventVolume>;
  /** The newest events this device knows of, newest first. */
  newestEvents(type: string | null, limit: number): Promise<LocalEvent[]>;
  /** Names and kinds of a type's parameters, as they were when last asked for; null while nobody asked. */
  knownParameters(type: string): Promise<SeenParameter[] | null>;
  listCounts(): Promise<ListCounts>;

  /** `asker` as in contactPage. */
  segmentAnswer(rule: Rule, sampleSize: number, asker?: string): Promise<SegmentAnswer>;
  /** from is inclusive, to exclusive; null = as far as the data reaches. Rows cover every period between, also empty ones. */
  revenue(input: { by: 'day' | 'month'; from: number | null; to: number | null }): Promise<RevenueSeries>;
  campaignFigures(campaignId: string): Promise<CampaignFigures>;
  campaignRecipients(
    campaignId: string,
    filter: RecipientFilter,
    offset: number,
    limit: number,
  ): Promise<RecipientPage>;
  checklist(): Promise<Checklist>;

  documents(kind: DocumentKind): Promise<Doc[]>;
  document(id: string): Promise<Doc | null>;
  /**
   * Checks the body with the kind's schema, stores it at once, answers the id (a new UUIDv7 when none is given). With
   * `base`, the text that the edit grew from, only what the edit changed is written over what has arrived since.
   */
  saveDocument(
    kind: DocumentKind,
    id: string | null,
    body: Record<string, unknown>,
    base?: Record<string, unknown>,
  ): Promise<string>;
  removeDocument(id: string): Promise<void>;
  campaignRuns(): Promise<CampaignRun[]>;

  actions: DataActions;
};
