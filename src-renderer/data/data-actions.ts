import type { Role } from '#shared/account/roles.ts';
import type { ImportPlan, ImportState, PreviewRow, UploadInfo } from '#shared/api/import.schema.ts';
import type {
  ApiKeyInfo,
  ApiKeyScope,
  ConsentRecord,
  DeviceInfo,
  MemberInfo,
  SendingStatus,
} from '#shared/api/ports.ts';
import type { Preflight } from '#shared/campaign/campaign.schema.ts';
import type { BulkAction, BulkJob, BulkTarget } from '#shared/contact/bulk.schema.ts';
import type { AddressChange, ContactAddress } from '#shared/contact/contact-address.schema.ts';
import type { ContactExport } from '#shared/contact/contact-export.ts';
import type { ContactIdentifier } from '#shared/contact/contact-identifier.ts';
import type { DeletedContact, DuplicatePage, MergeInfo, MergePreview } from '#shared/contact/duplicate.schema.ts';
import type { AddedContact, NewContact } from '#shared/contact/new-contact.schema.ts';
import type { IntakeProblems } from '#shared/event/intake-problem.ts';
import type { EventTypeFacts, LatestEvents, LatestEventsInput } from '#shared/event/live-event.schema.ts';
import type { FileFormat } from '#shared/import/file-format.schema.ts';
import type { Message } from '#shared/message/message.schema.ts';
import type { SiteSeen } from '#shared/site/site-steps.ts';

/** The part of the contract (data-api.ts) that needs the server; rejects with code `offline` when it is away. */
export type DataActions = {
  setup(input: { code: string; email: string; password: string; name: string; workspace: string }): Promise<void>;
  signIn(input: { email: string; password: string }): Promise<void>;
  /** With changes that wait: `keep` leaves them on this device for the next sign-in, `discard` deletes everything. */
  signOut(waiting: 'keep' | 'discard'): Promise<void>;
  listMembers(): Promise<MemberInfo[]>;
  addMember(input: { email: string; name: string; password: string; role: Role }): Promise<MemberInfo>;
  setMemberRole(input: { userId: string; role: Role }): Promise<void>;
  removeMember(userId: string): Promise<void>;
  listDevices(): Promise<DeviceInfo[]>;
  signOutDevice(id: string): Promise<void>;
  eraseContact(contactId: number): Promise<void>;
  /** Cards that may be one person's, page by page. */
  duplicates(after: string | null): Promise<DuplicatePage>;
  previewMerge(input: { contactId: number; otherId: number }): Promise<MergePreview>;
  mergeContacts(input: { contactId: number; otherId: number }): Promise<{ mergeId: number; survivor: number }>;
  /** Merges into a contact, the newest first. */
  contactMerges(contactId: number): Promise<MergeInfo[]>;
  undoMerge(mergeId: number): Promise<void>;
  /** Two cards are two people: no candidates any more. */
  keepApart(input: { contactId: number; otherId: number }): Promise<void>;
  removeContact(contactId: number): Promise<void>;
  restoreContact(contactId: number): Promise<void>;
  deletedContacts(): Promise<DeletedContact[]>;
  /** Everything that is known of a contact, as a file for the person. */
  contactEverything(contactId: number): Promise<ContactExport>;
  /** Resolves when the new contact is on this device, or some seconds later. */
  addContact(input: NewContact): Promise<AddedContact>;
  contactAddresses(contactId: number): Promise<ContactAddress[]>;
  changeAddress(input: AddressChange): Promise<ContactAddress[]>;
  contactIdentifiers(contactId: number): Promise<ContactIdentifier[]>;
  /** Finds out on the server whom a change of many means; see BulkPort. */
  prepareBulk(input: { target: BulkTarget; action: BulkAction }): Promise<BulkJob>;
  startBulk(id: string): Promise<BulkJob>;
  cancelBulk(id: string): Promise<BulkJob>;
  undoBulk(id: string): Promise<BulkJob>;
  listBulk(): Promise<BulkJob[]>;
  /** Asks for the newest events of a contact and what they say, and keeps that for when the server is away. */
  fetchEventDetails(contactId: number): Promise<void>;
  /** Asks which segments a contact is in and since when, and keeps that for when the server is away. */
  fetchContactSegments(contactId: number): Promise<void>;
  latestEvents(input: LatestEventsInput): Promise<LatestEvents>;
  /** Asks what the newest events of a type say; names and kinds of its parameters stay for when the server is away. */
  eventTypeFacts(type: string): Promise<EventTypeFacts>;
  countProblems(): Promise<number>;
  listProblems(before: number | null): Promise<IntakeProblems>;
  /** `ids` null = all. */
  retryProblems(ids: number[] | null): Promise<{ retried: number }>;
  discardProblems(ids: number[] | null): Promise<{ discarded: number }>;
  siteSeen(siteId: string): Promise<SiteSeen>;
  preflight(campaignId: string): Promise<Preflight>;
  launch(campaignId: string, scheduledAt: number | null): Promise<void>;
  pause(campaignId: string): Promise<void>;
  resume(campaignId: string): Promise<void>;
  stop(campaignId: string): Promise<void>;
  cancel(campaignId: string): Promise<void>;
  settleUncertain(campaignId: string, as: 'sent' | 'failed'): Promise<{ settled: number }>;
  testSend(message: Message, contactId: number | null): Promise<{ to: string }>;
  sendingStatus(): Promise<SendingStatus>;
  stopAllSending(): Promise<void>;
  resumeAllSending(): Promise<void>;
  verifyPublicUrl(): Promise<SendingStatus>;
  upload(file: Blob, fileName: string): Promise<UploadInfo>;
  /** What an uploaded file looks like, read in another format. */
  describeUpload(input: { uploadId: string; format: FileFormat }): Promise<UploadInfo>;
  /** First rows as an import would store them. */
  previewImport(plan: ImportPlan): Promise<PreviewRow[]>;
  /** Counts what an import would do; its result is asked like an import's. */
  checkImport(plan: ImportPlan): Promise<{ id: string }>;
  startImport(plan: ImportPlan): Promise<{ id: string }>;
  undoImport(id: string): Promise<void>;
  getImport(id: string): Promise<ImportState>;
  listImports(): Promise<ImportState[]>;
  loadDemo(): Promise<{ contacts: number; orders: number; events: number }>;
  removeDemo(): Promise<{ contacts: number }>;
  demoLoaded(): Promise<boolean>;
  setList(input: { contactIds: number[]; listId: string; member: boolean }): Promise<{ changed: number }>;
  setSubscription(input: {
    contactIds: number[];
    categoryId: string;
    subscribed: boolean;
    evidence: string | null;
  }): Promise<{ changed: number; refused: number; why: string | null }>;
  /** Mail to the contact's address, for everybody who has it. */
  setMail(input: { contactId: number; allowed: boolean; evidence: string | null }): Promise<void>;
  consentHistory(contactId: number): Promise<ConsentRecord[]>;
  createApiKey(input: { scope: ApiKeyScope; name: string }): Promise<{ id: string; key: string }>;
  listApiKeys(): Promise<ApiKeyInfo[]>;
  setApiKeyEnabled(input: { id: string; enabled: boolean }): Promise<void>;
  revokeApiKey(id: string): Promise<void>;
};
