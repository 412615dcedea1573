import type { DataActions } from '#renderer/data/data-actions.ts';
import type { Platform } from '#renderer/data/platform.ts';
import { DataFailure, OFFLINE } from '#renderer/data/sync/data-failure.ts';
import type { ChangeHub } from './change-hub.ts';
import { keepSegments } from './contact-segments.ts';
import { MAIL_TO_MYSELF } from './document-answers.ts';
import { keepParameters } from './event-answers.ts';
import { keepDetails } from './event-details.ts';
import type { Session } from './session.ts';

const FLUSH_MS = 15_000;
const STEP_MS = 50;
/** What was just made is awaited so long; it comes anyway. */
const ARRIVAL_MS = 5_000;

/** What only the server can do. Without it every call rejects with `offline`; nothing is queued, so nothing happens by surprise later. */
export function serverActions(session: Session, { server, now }: Platform, hub: ChangeHub): DataActions {
  const { rpc } = server;
  const call = async <T>(action: () => Promise<T>): Promise<T> => (await session.account()).connection.attempt(action);
  /** What the server is asked about has to be there: waits until every local change was accepted. */
  const withChanges = async <T>(action: () => Promise<T>): Promise<T> => {
    const until = now() + FLUSH_MS;
    for (;;) {
      const { waiting, online, offlineSince, signInNeeded } = await session.ask(async ({ documents, connection }) => ({
        waiting: (await documents.waiting()).length,
        ...connection.state,
      }));
      if (waiting === 0) break;
      // Not known yet right after the account was opened.
      if (!online && offlineSince !== null) throw new DataFailure(OFFLINE);
      if (signInNeeded)
        throw new DataFailure({ code: 'unauthorized', message: 'Your session has ended. Sign in again.' });
      if (now() > until) {
        throw new DataFailure({
          code: 'not_ready',
          message: 'Your last changes have not reached the server yet. Try again.',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
    return call(action);
  };
  const arrived = async (contactId: number): Promise<void> => {
    const until = now() + ARRIVAL_MS;
    while (now() < until && !(await session.ask(async ({ engine }) => engine.hasContact(contactId)))) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  };
  return {
    setup: (input) => session.setup(input),
    signIn: (input) => session.signIn(input),
    signOut: (waiting) => session.signOut(waiting),
    listMembers: () => call(() => rpc.member.list.query()),
    addMember: (input) => call(() => rpc.member.add.mutate(input)),
    setMemberRole: (input) => call(() => rpc.member.setRole.mutate(input)),
    removeMember: (userId) => call(() => rpc.member.remove.mutate({ userId })),
    listDevices: () => call(() => rpc.device.list.query()),
    signOutDevice: (id) => call(() => rpc.device.signOut.mutate({ id })),
    eraseContact: (contactId) => call(() => rpc.contact.erase.mutate({ contactId })),
    duplicates: (after) => call(() => rpc.contact.duplicates.query({ after })),
    previewMerge: (input) => call(() => rpc.contact.previewMerge.query(input)),
    mergeContacts: (input) => call(() => rpc.contact.merge.mutate(input)),
    contactMerges: (contactId) => call(() => rpc.contact.merges.query({ contactId })),
    async undoMerge(mergeId) {
      await call(() => rpc.contact.undoMerge.mutate({ mergeId }));
    },
    keepApart: (input) => call(() => rpc.contact.keepApart.mutate(input)),
    removeContact: (contactId) => call(() => rpc.contact.remove.mutate({ contactId })),
    restoreContact: (contactId) => call(() => rpc.contact.restore.mutate({ contactId })),
    deletedContacts: () => call(() => rpc.contact.deleted.query()),
    contactEverything: (contactId) => withChanges(() => rpc.contact.everything.query({ contactId })),
    async addContact(input) {
      // Lists and categories that it names may have been made a moment ago.
      const answer = await withChanges(() => rpc.contact.add.mutate(input));
      if (answer.added !== null) await arrived(answer.added);
      return answer;
    },
    contactAddresses: (contactId) => call(() => rpc.contact.addresses.query({ contactId })),
    contactIdentifiers: (contactId) => call(() => rpc.contact.identifiers.query({ contactId })),
    changeAddress: (input) => withChanges(() => rpc.contact.changeAddress.mutate(input)),
    prepareBulk: (input) => withChanges(() => rpc.bulk.prepare.mutate(input)),
    startBulk: (id) => call(() => rpc.bulk.start.mutate({ id })),
    cancelBulk: (id) => call(() => rpc.bulk.cancel.mutate({ id })),
    undoBulk: (id) => call(() => rpc.bulk.undo.mutate({ id })),
    listBulk: () => call(() => rpc.bulk.list.query()),
    async fetchEventDetails(contactId) {
      const events = await call(() => rpc.contact.events.query({ contactId }));
      await session.ask(async ({ meta, engine, device }) => {
        // Erased meanwhile.
        if (!engine.hasContact(contactId)) return;
        // Where personal values are not to be kept, only that something happened.
        const told = device.keep.personal ? events : events.map((event) => ({ ...event, params: null }));
        await keepDetails(meta, contactId, told, now());
      });
      hub.tell({ topic: 'columns' });
    },
    async fetchContactSegments(contactId) {
      const told = await call(() => rpc.contact.segments.query({ contactId }));
      await session.ask(async ({ meta, engine }) => {
        // Erased meanwhile.
        if (engine.hasContact(contactId)) await keepSegments(meta, contactId, told, now());
      });
      hub.tell({ topic: 'columns' });
    },
    latestEvents: (input) => call(() => rpc.event.latest.query(input)),
    async eventTypeFacts(type) {
      const facts = await call(() => rpc.event.typeFacts.query({ key: type }));
      await session.ask(({ meta }) => keepParameters(meta, type, facts.parameters));
      return facts;
    },
    countProblems: () => call(() => rpc.problem.count.query()),
    listProblems: (before) => call(() => rpc.problem.list.query({ before })),
    retryProblems: (ids) => call(() => rpc.problem.retry.mutate({ ids })),
    discardProblems: (ids) => call(() => rpc.problem.discard.mutate({ ids })),
    siteSeen: (siteId) => call(() => rpc.site.seen.query({ siteId })),
    preflight: (campaignId) => withChanges(() => rpc.campaign.preflight.query({ campaignId })),
    launch: (campaignId, scheduledAt) => withChanges(() => rpc.campaign.launch.mutate({ campaignId, scheduledAt })),
    pause: (campaignId) => call(() => rpc.campaign.pause.mutate({ campaignId })),
    resume: (campaignId) => call(() => rpc.campaign.resume.mutate({ campaignId })),
    stop: (campaignId) => call(() => rpc.campaign.stop.mutate({ campaignId })),
    cancel: (campaignId) => call(() => rpc.campaign.cancel.mutate({ campaignId })),
    settleUncertain: (campaignId, as) => call(() => rpc.campaign.settleUncertain.mutate({ campaignId, as })),
    async testSend(message, contactId) {
      const sent = await withChanges(() => rpc.campaign.testSend.mutate({ message, contactId }));
      await session.ask(({ meta }) => meta.set(MAIL_TO_MYSELF, { at: now() }));
      hub.tell({ topic: 'documents' });
      return sent;
    },
    sendingStatus: () => call(() => rpc.sending.status.query()),
    stopAllSending: () => call(() => rpc.sending.stopAll.mutate()),
    resumeAllSending: () => call(() => rpc.sending.resumeAll.mutate()),
    verifyPublicUrl: () => call(() => rpc.sending.verifyPublicUrl.mutate()),
    upload: (file, fileName) => call(() => server.uploadFile(file, fileName)),
    describeUpload: (input) => call(() => rpc.import.describe.mutate(input)),
    previewImport: (plan) => withChanges(() => rpc.import.preview.mutate(plan)),
    checkImport: (plan) => withChanges(() => rpc.import.check.mutate(plan)),
    startImport: (plan) => withChanges(() => rpc.import.start.mutate(plan)),
    undoImport: (id) => call(() => rpc.import.undo.mutate({ id })),
    getImport: (id) => call(() => rpc.import.get.query({ id })),
    listImports: () => call(() => rpc.import.list.query()),
    loadDemo: () => call(() => rpc.demo.load.mutate()),
    removeDemo: () => call(() => rpc.demo.remove.mutate()),
    demoLoaded: () => call(() => rpc.demo.loaded.query()),
    setList: (input) => withChanges(() => rpc.consent.setList.mutate(input)),
    setSubscription: (input) => withChanges(() => rpc.consent.setSubscription.mutate(input)),
    setMail: (input) => call(() => rpc.consent.setMail.mutate(input)),
    consentHistory: (contactId) => call(() => rpc.consent.history.query({ contactId })),
    createApiKey: (input) => call(() => rpc.apiKey.create.mutate(input)),
    listApiKeys: () => call(() => rpc.apiKey.list.query()),
    setApiKeyEnabled: (input) => call(() => rpc.apiKey.setEnabled.mutate(input)),
    revokeApiKey: (id) => call(() => rpc.apiKey.revoke.mutate({ id })),
  };
}
