/// <reference types="vite/client" />
/** The page's side: one connection to the data worker, shared by everything in this window. */
import { proxy, type Remote, wrap } from 'comlink';
import type { DataActions } from './data-actions.ts';
import type { DataApi, DataError } from './data-api.ts';

let worker: Remote<DataApi> | null = null;

/** Connects when somebody first asks. Throws where the browser has no shared workers. */
function remote(): Remote<DataApi> {
  if (worker) return worker;
  if (typeof SharedWorker === 'undefined') {
    throw new Error('Muster needs a browser with shared workers, such as a current Chrome, Edge, Firefox or Safari.');
  }
  const { port } = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'muster-data' });
  worker = wrap<DataApi>(port);
  port.addEventListener('message', (event: MessageEvent<unknown>) => {
    // The worker of this build has let go of the data: what was edited is stored, and a newer build is there to load.
    if (event.data === 'muster-retired') window.location.reload();
  });
  keepShell();
  askToKeepData();
  return worker;
}

/** Only a window may ask the browser not to evict what is stored; the answer is remembered by the browser. */
function askToKeepData(): void {
  navigator.storage?.persist().catch((error: unknown) => console.error('The browser may evict the data.', error));
}

/** In a browser a service worker keeps the app itself, so that a reload works with the server gone. The desktop has its own files. */
function keepShell(): void {
  if (!import.meta.env.PROD || 'desktop' in window || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('/service-worker.js').catch((error: unknown) => {
    console.error('Without its service worker the app cannot be reloaded offline.', error);
  });
}

/** Views of two windows may have one name. */
const thisWindow = Math.random().toString(36).slice(2);
const here = (asker: string | undefined): string | undefined => asker && `${thisWindow} ${asker}`;

/** The data worker, the same one for every window. */
export const data: DataApi = {
  session: () => remote().session(),
  status: () => remote().status(),
  observe: (listener) => remote().observe(proxy(listener)),
  syncNow: () => remote().syncNow(),
  redownload: () => remote().redownload(),
  localData: () => remote().localData(),
  setKeep: (keep) => remote().setKeep(keep),
  waitingChanges: () => remote().waitingChanges(),
  exportWaiting: () => remote().exportWaiting(),
  recentChanges: (limit) => remote().recentChanges(limit),
  reviews: () => remote().reviews(),
  settleReview: (id, choice) => remote().settleReview(id, choice),
  contactPage: (query, offset, limit, asker) => remote().contactPage(query, offset, limit, here(asker)),
  contactIds: (query, offset, limit) => remote().contactIds(query, offset, limit),
  contactCard: (id) => remote().contactCard(id),
  contactSegments: (id, all) => remote().contactSegments(id, all),
  computedOf: (id) => remote().computedOf(id),
  computedPreview: (computed, sampleSize, asker) => remote().computedPreview(computed, sampleSize, here(asker)),
  contactEvents: (id, all) => remote().contactEvents(id, all),
  editContact: (id, field, to) => remote().editContact(id, field, to),
  editContacts: (ids, field, to) => remote().editContacts(ids, field, to),
  distinct: (field, limit) => remote().distinct(field, limit),
  eventTypes: () => remote().eventTypes(),
  eventFigures: () => remote().eventFigures(),
  eventVolume: (input) => remote().eventVolume(input),
  newestEvents: (type, limit) => remote().newestEvents(type, limit),
  knownParameters: (type) => remote().knownParameters(type),
  listCounts: () => remote().listCounts(),
  segmentAnswer: (rule, sampleSize, asker) => remote().segmentAnswer(rule, sampleSize, here(asker)),
  revenue: (input) => remote().revenue(input),
  campaignFigures: (campaignId) => remote().campaignFigures(campaignId),
  campaignRecipients: (campaignId, filter, offset, limit) =>
    remote().campaignRecipients(campaignId, filter, offset, limit),
  checklist: () => remote().checklist(),
  documents: (kind) => remote().documents(kind),
  document: (id) => remote().document(id),
  saveDocument: (kind, id, body, base) => remote().saveDocument(kind, id, body, base),
  removeDocument: (id) => remote().removeDocument(id),
  campaignRuns: () => remote().campaignRuns(),
  get actions() {
    // Comlink's types call a nested object a promise of one; at run time it is a path whose methods can be called.
    return remote().actions as unknown as DataActions;
  },
};

/** Whether something caught is an error of the data worker: an object with a code and words for people. */
export function isDataError(error: unknown): error is DataError {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
