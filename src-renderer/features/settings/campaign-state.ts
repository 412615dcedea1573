import type { Tone } from '#renderer/ui/status-dot.tsx';
import type { SendingStatus } from '#shared/api/ports.ts';

/** "Stopped by Anna Willow". */
export const stoppedWords = ({ stoppedBy }: Pick<SendingStatus, 'stoppedBy'>): string =>
  stoppedBy === null ? 'Stopped' : `Stopped by ${stoppedBy}`;

/** Whether a campaign could leave now; the first thing in its way when it could not. */
export function campaignState(status: SendingStatus): { tone: Tone; words: string } {
  if (status.stopped) return { tone: 'bad', words: stoppedWords(status) };
  if (!status.smtpConfigured) return { tone: 'warn', words: 'Not possible yet: no mail server' };
  if (!status.bulkAllowed) return { tone: 'warn', words: 'Held back until the public address passes its test' };
  return { tone: 'ok', words: 'Allowed' };
}
