import type { DataApi } from '#renderer/data/data-api.ts';
import { DataFailure } from '#renderer/data/sync/data-failure.ts';

const notBuilt = () =>
  Promise.reject(new DataFailure({ code: 'not_ready', message: 'This version of the app cannot do this yet.' }));

/** Named by the contract, answered by nobody yet. Whoever builds one takes it out of here. */
export function pendingAnswers(): Pick<
  DataApi,
  'waitingChanges' | 'exportWaiting' | 'recentChanges' | 'reviews' | 'settleReview'
> {
  return {
    waitingChanges: notBuilt,
    exportWaiting: notBuilt,
    recentChanges: notBuilt,
    reviews: notBuilt,
    settleReview: notBuilt,
  };
}
