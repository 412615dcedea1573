import type { SyncStatus } from '#renderer/data/data-api.ts';
import type { Format } from '#renderer/ui/format.ts';
import type { Tone } from '#renderer/ui/status-dot.tsx';

const DAY_MS = 86_400_000;

/** The pill's words and colour: what needs a person before what mends itself. */
export function statusWords(status: SyncStatus, format: Format, now: number): { tone: Tone; words: string } {
  const waiting = status.waiting > 0 ? ` · ${format.count(status.waiting)} waiting` : '';
  if (status.refused > 0) return { tone: 'bad', words: `${format.count(status.refused)} refused${waiting}` };
  if (status.mismatch !== null) return { tone: 'bad', words: `Update needed${waiting}` };
  if (status.full) return { tone: 'bad', words: `Device full${waiting}` };
  if (status.signInNeeded) return { tone: 'warn', words: `Signed out${waiting}` };
  if (!status.online && status.offlineSince === null && !status.transfer) {
    return { tone: 'neutral', words: `Connecting…${waiting}` };
  }
  if (!status.online && status.offlineSince !== null)
    // How much waits is more than since when, and there is no room for both.
    return { tone: 'warn', words: `Offline${waiting || sinceWords(status.offlineSince, format, now)}` };
  if (status.transfer) {
    const { done, total } = status.transfer;
    const words = hasArrived(status.transfer) ? 'Preparing data' : `Downloading ${format.share(done, total)}`;
    return { tone: 'accent', words };
  }
  if (status.syncedAt === null) return { tone: 'accent', words: 'Syncing' };
  if (status.waiting > 0) return { tone: 'accent', words: `${format.count(status.waiting)} waiting` };
  if (status.reviews > 0) return { tone: 'accent', words: `Synced · ${format.count(status.reviews)} to review` };
  return { tone: 'ok', words: 'Synced' };
}

/** All is here, but for what would round to 100 %, and is being made ready for use. */
export const hasArrived = ({ done, total }: NonNullable<SyncStatus['transfer']>): boolean => done >= 0.9995 * total;

function sinceWords(since: number, format: Format, now: number): string {
  return ` since ${now - since < DAY_MS ? format.time(since) : format.date(since)}`;
}
