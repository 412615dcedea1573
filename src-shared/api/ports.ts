import type { z } from 'zod';
import type { NewMember } from '#shared/account/member.schema.ts';
import type { Role } from '#shared/account/roles.ts';
import type { Preflight } from '#shared/campaign/campaign.schema.ts';
import type { ConsentAct, ConsentSource } from '#shared/consent/decide.ts';
import type { BulkAction, BulkJob, BulkTarget } from '#shared/contact/bulk.schema.ts';
import type { AddressChange, ContactAddress } from '#shared/contact/contact-address.schema.ts';
import type { ContactExport } from '#shared/contact/contact-export.ts';
import type { ContactIdentifier } from '#shared/contact/contact-identifier.ts';
import type { DeletedContact, DuplicatePage, MergeInfo, MergePreview } from '#shared/contact/duplicate.schema.ts';
import type { AddedContact, NewContact } from '#shared/contact/new-contact.schema.ts';
import type { EventDetail } from '#shared/event/event-detail.schema.ts';
import type { IntakeProblems } from '#shared/event/intake-problem.ts';
import type { EventTypeFacts, LatestEvents, LatestEventsInput } from '#shared/event/live-event.schema.ts';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import type { Message } from '#shared/message/message.schema.ts';
import type { RevenueInput, RevenueReport } from '#shared/report/revenue.schema.ts';
import type { SiteSeen } from '#shared/site/site-steps.ts';
import type {
  deviceState,
  Hint,
  helloInput,
  helloOutput,
  Manifest,
  pullInput,
  pullOutput,
  pushInput,
  pushOutput,
  TailOutput,
  tailInput,
} from '#shared/sync/wire.schema.ts';
import type { ImportPlan, ImportState, PreviewRow, UploadInfo } from './import.schema.ts';

/** Who is asking. Null on public procedures before sign-in. */
export type Caller = { userId: string; email: string; name: string; role: Role; sessionId: string };

export type SystemInfo = {
  version: string;
  protocol: number;
  oldestClient: number;
  /** True until the first administrator exists; then the set-up screen is closed for good. */
  needsSetup: boolean;
  workspace: {
    name: string;
    timeZone: string;
    currency: string;
    /** Whose national phone numbers are meant where a contact's country is not known: ISO code. */
    defaultRegion: string | null;
  };
};

export interface SystemPort {
  info(): Promise<SystemInfo>;
  /** Creates the first administrator. Throws UserError unauthorized for a wrong code, conflict when there is one already. */
  setup(input: { code: string; email: string; password: string; name: string; workspace: string }): Promise<void>;
}

export interface SyncPort {
  pull(caller: Caller, input: z.infer<typeof pullInput>): Promise<z.infer<typeof pullOutput>>;
  push(caller: Caller, input: z.infer<typeof pushInput>): Promise<z.infer<typeof pushOutput>>;
  /** `protocol`: the client's; tables it does not know are left out. None = this build's own. */
  manifest(caller: Caller, protocol?: number): Promise<Manifest>;
  tail(caller: Caller, input: z.infer<typeof tailInput>, protocol?: number): Promise<TailOutput>;
  /** First the newest hint at once, then one after each change, until the signal aborts. */
  hints(caller: Caller, signal: AbortSignal | undefined): AsyncIterable<Hint>;
}

export type SendingStatus = {
  /** "Stop all sending" is on. */
  stopped: boolean;
  stoppedBy: string | null;
  smtpConfigured: boolean;
  publicUrl: string;
  /** Bulk sending is off until the public URL passes its self-test. */
  bulkAllowed: boolean;
  problem: string | null;
  /** The server runs inside somebody's desktop app: links in sent mail work only while that computer is awake. */
  localWorkspace: boolean;
};

export interface CampaignPort {
  preflight(caller: Caller, campaignId: string): Promise<Preflight>;
  /** Freezes content and recipients. scheduledAt null = now, after the cancel window. */
  launch(caller: Caller, input: { campaignId: string; scheduledAt: number | null }): Promise<void>;
  pause(caller: Caller, campaignId: string): Promise<void>;
  resume(caller: Caller, campaignId: string): Promise<void>;
  stop(caller: Caller, campaignId: string): Promise<void>;
  /** Inside the cancel window or before the scheduled time: as if it had never been launched. */
  cancel(caller: Caller, campaignId: string): Promise<void>;
  settleUncertain(caller: Caller, input: { campaignId: string; as: 'sent' | 'failed' }): Promise<{ settled: number }>;
  testSend(caller: Caller, input: { message: Message; contactId: number | null }): Promise<{ to: string }>;
  sendingStatus(caller: Caller): Promise<SendingStatus>;
  stopAll(caller: Caller): Promise<void>;
  resumeAll(caller: Caller): Promise<void>;
  /** Runs the self-test of the public URL now. */
  verifyPublicUrl(caller: Caller): Promise<SendingStatus>;
}

export interface ImportPort {
  /** What an uploaded file looks like, read in the given format. */
  describe(caller: Caller, input: { uploadId: string; format: FileFormat }): Promise<UploadInfo>;
  /** The first rows as they would be stored. */
  preview(caller: Caller, plan: ImportPlan): Promise<PreviewRow[]>;
  /** Counts what an import would do, in the background; nothing is stored. */
  check(caller: Caller, plan: ImportPlan): Promise<{ id: string }>;
  start(caller: Caller, plan: ImportPlan): Promise<{ id: string }>;
  get(caller: Caller, id: string): Promise<ImportState>;
  list(caller: Caller): Promise<ImportState[]>;
  /** Takes an import back, in the background. */
  undo(caller: Caller, id: string): Promise<void>;
}

export interface ReportPort {
  revenue(caller: Caller, input: RevenueInput): Promise<RevenueReport>;
}

export interface DemoPort {
  load(caller: Caller): Promise<{ contacts: number; orders: number; events: number }>;
  remove(caller: Caller): Promise<{ contacts: number }>;
  loaded(caller: Caller): Promise<boolean>;
}

/** Needs `administer`. Whoever is added is told their first password by the administrator. */
export type MemberInfo = {
  userId: string;
  email: string;
  name: string;
  role: Role;
  since: number;
  active: boolean;
};
export interface MemberPort {
  list(caller: Caller): Promise<MemberInfo[]>;
  /** Rejects with conflict when the address has an account. */
  add(caller: Caller, input: NewMember): Promise<MemberInfo>;
  /** The last administrator keeps the role: conflict. A lost right reaches the person's devices at once. */
  setRole(caller: Caller, input: { userId: string; role: Role }): Promise<void>;
  /** Ends every session and orders every device to delete its data. Nobody removes themselves. */
  remove(caller: Caller, userId: string): Promise<void>;
}

export type DeviceInfo = {
  id: string;
  userId: string;
  userName: string;
  name: string;
  holds: z.infer<typeof helloInput>['holds'];
  firstSeenAt: number;
  lastSeenAt: number;
  /** active; ordered: signed out, not heard of since; wiped: it said that its data is gone. */
  state: 'active' | 'ordered' | 'wiped';
  /** False when its session ended (a restore, an expiry): it keeps its data until it signs in again or its lease ends. */
  signedIn: boolean;
  /** Is this the session that asks? */
  current: boolean;
};
export interface DevicePort {
  /** Told by every device when it connects; binds it to the caller's session. */
  hello(caller: Caller, input: z.infer<typeof helloInput>, protocol: number): Promise<z.infer<typeof helloOutput>>;
  /** One's own; everybody's with `administer`. */
  list(caller: Caller): Promise<DeviceInfo[]>;
  /** Ends its session at once and orders it to delete its data. Of others only with `administer`. */
  signOut(caller: Caller, id: string): Promise<void>;
  /** Asked without a session by a device whose session ended; an id is too long to guess. */
  state(id: string, address: string): Promise<z.infer<typeof deviceState>>;
  /** The device's word that its data is gone. */
  wiped(id: string, address: string): Promise<void>;
}

export interface ContactPort {
  /**
   * Deletes everything that is known of a contact, for good, and has every device do the same. Orders stay, without the
   * person. Needs `administer`. not_found when there is no such contact.
   */
  erase(caller: Caller, contactId: number): Promise<void>;
  /** Cards that share an email, phone or loyalty number, page by page. Needs readPersonal. */
  duplicates(caller: Caller, after: string | null): Promise<DuplicatePage>;
  /** What merging would give; changes nothing. Needs readPersonal. */
  previewMerge(caller: Caller, input: { contactId: number; otherId: number }): Promise<MergePreview>;
  /** conflict when they are one card already. */
  merge(caller: Caller, input: { contactId: number; otherId: number }): Promise<{ mergeId: number; survivor: number }>;
  /** Cards that were merged into a contact, the newest merge first. Needs readPersonal. */
  merges(caller: Caller, contactId: number): Promise<MergeInfo[]>;
  /** Both cards become what they were, and are kept apart. conflict when the survivor was merged itself since. */
  undoMerge(caller: Caller, mergeId: number): Promise<{ survivor: number; merged: number }>;
  /** A person's word that two cards are two people: they are no candidates any more. */
  keepApart(caller: Caller, input: { contactId: number; otherId: number }): Promise<void>;
  /** Out of sight, and nothing leads to it; its history stays. */
  remove(caller: Caller, contactId: number): Promise<void>;
  restore(caller: Caller, contactId: number): Promise<void>;
  /** The latest deleted contacts. Needs readPersonal. */
  deleted(caller: Caller): Promise<DeletedContact[]>;
  /** Everything that is known of a contact, for the person themselves. Needs readPersonal. */
  everything(caller: Caller, contactId: number): Promise<ContactExport>;
  /**
   * A new contact, by hand. Nobody is made twice: whose the email, phone or External ID is already is answered instead.
   * Needs readPersonal as well.
   */
  add(caller: Caller, input: NewContact): Promise<AddedContact>;
  /** Emails and phones of a contact, the primary ones first. Needs readPersonal. */
  addresses(caller: Caller, contactId: number): Promise<ContactAddress[]>;
  /** Needs readPersonal as well. Removing the primary one makes the oldest of the others primary. */
  changeAddress(caller: Caller, input: AddressChange): Promise<ContactAddress[]>;
  /** What else leads to a contact: External ID, loyalty numbers, devices, chats, browsers. Needs readPersonal. */
  identifiers(caller: Caller, contactId: number): Promise<ContactIdentifier[]>;
}

/** A segment a contact is in; since null: nobody knows since when. */
export type SegmentMembership = { segmentId: string; since: number | null };
export interface SegmentPort {
  /** As it was when it was last looked at, some minutes ago at most. Without readPersonal only what asks for nothing personal. */
  ofContact(caller: Caller, contactId: number): Promise<SegmentMembership[]>;
}

/** Changes of many contacts at once. Needs editContacts, and readPersonal where values are personal. */
export interface BulkPort {
  /** Finds out whom it means, and keeps that; nothing is changed before it is started. */
  prepare(caller: Caller, input: { target: BulkTarget; action: BulkAction }): Promise<BulkJob>;
  start(caller: Caller, id: string): Promise<BulkJob>;
  /** What was changed until then stays, and can be undone. */
  cancel(caller: Caller, id: string): Promise<BulkJob>;
  /** A job of its own that takes it back where nobody changed it since. conflict where that cannot be. */
  undo(caller: Caller, id: string): Promise<BulkJob>;
  /** The latest, whoever started them. */
  list(caller: Caller): Promise<BulkJob[]>;
}

/** What a key opens: everything; events; events and contacts; the same without reading and deleting contacts; messages. */
export const apiKeyScopes = ['full', 'events', 'contacts', 'contacts-add', 'messages'] as const;
/** One entry of the consent ledger. */
export type ConsentRecord = {
  at: number;
  act: ConsentAct;
  source: ConsentSource;
  address: string | null;
  /** all, or the id of a category. */
  purpose: string;
  textVersion: string | null;
  evidence: string | null;
  reason: string | null;
  by: string | null;
};
export interface ConsentPort {
  setList(
    caller: Caller,
    input: { contactIds: number[]; listId: string; member: boolean },
  ): Promise<{ changed: number }>;
  /** Who left comes back only with evidence: how it is known that they asked for it. `why`: of the first refused. */
  setSubscription(
    caller: Caller,
    input: { contactIds: number[]; categoryId: string; subscribed: boolean; evidence: string | null },
  ): Promise<{ changed: number; refused: number; why: string | null }>;
  /** Of the contact's address, for everybody who has it. Rejects with conflict where the ledger forbids it. */
  setMail(caller: Caller, input: { contactId: number; allowed: boolean; evidence: string | null }): Promise<void>;
  /** Needs `readPersonal`. Newest first. */
  history(caller: Caller, contactId: number): Promise<ConsentRecord[]>;
}

export type ApiKeyScope = (typeof apiKeyScopes)[number];
export type ApiKeyInfo = {
  id: string;
  number: number;
  scope: ApiKeyScope;
  /** What it is for. */
  name: string;
  /** A key that is switched off is refused until it is switched on again. */
  enabled: boolean;
  /** Null: made on the server's console, or before makers were noted. */
  createdBy: string | null;
  createdAt: number;
  lastUsedAt: number | null;
  hint: string;
};

export interface ApiKeyPort {
  create(caller: Caller, input: { scope: ApiKeyScope; name: string }): Promise<{ id: string; key: string }>;
  list(caller: Caller): Promise<ApiKeyInfo[]>;
  setEnabled(caller: Caller, input: { id: string; enabled: boolean }): Promise<void>;
  revoke(caller: Caller, id: string): Promise<void>;
}

export interface EventPort {
  /** The newest events of a contact (MOST_EVENT_DETAILS); what they say only with `readPersonal`. */
  ofContact(caller: Caller, contactId: number): Promise<EventDetail[]>;
  /** Who sees no personal data learns who only by number, and nothing of what events say. */
  latest(caller: Caller, input: LatestEventsInput): Promise<LatestEvents>;
  /** What the newest events of a type say; examples only with `readPersonal`. */
  typeFacts(caller: Caller, key: string): Promise<EventTypeFacts>;
}

/** Rows of the log that could not be applied. Errors and contents are shown only with `readPersonal`. */
export interface ProblemPort {
  count(caller: Caller): Promise<number>;
  /** A page, newest first; `before`: the id of the last one shown. */
  list(caller: Caller, input: { before: number | null }): Promise<IntakeProblems>;
  /** Puts them at the end of the log again; `ids` null = all. */
  retry(caller: Caller, input: { ids: number[] | null }): Promise<{ retried: number }>;
  /** Throws them away for good and notes who did. Needs `administer`. */
  discard(caller: Caller, input: { ids: number[] | null }): Promise<{ discarded: number }>;
}

export interface SitePort {
  /** When the site last sent what its set-up waits for. */
  seen(caller: Caller, siteId: string): Promise<SiteSeen>;
}

export type Ports = {
  system: SystemPort;
  sync: SyncPort;
  campaigns: CampaignPort;
  imports: ImportPort;
  reports: ReportPort;
  demo: DemoPort;
  members: MemberPort;
  devices: DevicePort;
  contacts: ContactPort;
  bulk: BulkPort;
  segments: SegmentPort;
  events: EventPort;
  problems: ProblemPort;
  sites: SitePort;
  apiKeys: ApiKeyPort;
  consent: ConsentPort;
};
