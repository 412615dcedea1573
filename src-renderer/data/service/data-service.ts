/** The worker's side of the contract: one service for all windows; each window gets its own view of it (see expose.ts). */
import type { Change, DataApi, SyncStatus } from '#renderer/data/data-api.ts';
import type { Platform } from '#renderer/data/platform.ts';
import { changeAnswers } from './change-answers.ts';
import { ChangeHub } from './change-hub.ts';
import { contactAnswers } from './contact-answers.ts';
import { documentAnswers } from './document-answers.ts';
import { eventAnswers } from './event-answers.ts';
import { localAnswers } from './local-answers.ts';
import { reviewAnswers } from './review-answers.ts';
import { serverActions } from './server-actions.ts';
import { Session } from './session.ts';

export type DataService = {
  api: Omit<DataApi, 'observe'>;
  observe(listener: (change: Change) => unknown): () => void;
  /** Something outside says the network may be back. */
  retryNow(): void;
  close(): Promise<void>;
};

export function createDataService(platform: Platform): DataService {
  const hub = new ChangeHub();
  const session = new Session(platform, hub);
  // Until the device's own account is open nobody can be answered.
  const started = session.start();
  return {
    api: {
      async session() {
        await started;
        return session.state;
      },
      async status() {
        await started;
        return statusOf(session);
      },
      async syncNow() {
        session.retryNow();
        await session.open?.syncNow();
      },
      ...localAnswers(session, platform),
      ...changeAnswers(session, platform),
      ...reviewAnswers(session, hub, platform),
      ...contactAnswers(session, platform),
      ...eventAnswers(session, platform),
      ...documentAnswers(session, hub, platform),
      actions: serverActions(session, platform, hub),
    },
    observe: (listener) => hub.add(listener),
    retryNow: () => session.retryNow(),
    async close() {
      await started;
      await session.close();
    },
  };
}

function statusOf({ open, offlineSince }: Session): SyncStatus {
  if (!open) {
    return {
      online: offlineSince === null,
      offlineSince,
      signInNeeded: false,
      waiting: 0,
      refused: 0,
      syncedAt: null,
      transfer: null,
      generation: 0,
      lastError: null,
      role: null,
      mismatch: null,
      reviews: 0,
      leaseUntil: null,
      full: false,
    };
  }
  const { waiting, refused, reviews, syncedAt, transfer, columns, connection, device, notice } = open;
  return {
    ...connection.state,
    lastError: connection.state.lastError ?? notice,
    waiting,
    refused,
    syncedAt,
    transfer,
    generation: columns.generation,
    role: device.record.role,
    reviews,
    leaseUntil: device.leaseUntil,
    full: columns.full,
  };
}
