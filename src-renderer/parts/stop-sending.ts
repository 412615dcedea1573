import { data } from '#renderer/data/client.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import type { Format } from '#renderer/ui/format.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { refreshSendingStatus } from './sending-status.ts';

/** Recipients of running campaigns that have not been handed over yet. */
async function waitingRecipients(): Promise<{ campaigns: number; recipients: number }> {
  const runs = (await data.campaignRuns()).filter(({ state }) =>
    ['scheduled', 'cancellable', 'sending', 'paused'].includes(state),
  );
  return {
    campaigns: runs.length,
    recipients: runs.reduce((sum, { counts }) => sum + (counts.queued ?? 0) + (counts.sending ?? 0), 0),
  };
}

/** "Stop all sending": nothing leaves any more until somebody resumes it. Asks first, in numbers. */
export async function stopAllSending(format: Format): Promise<void> {
  try {
    const { campaigns, recipients } = await waitingRecipients();
    const yes = await confirm({
      title: 'Stop all sending?',
      consequence:
        campaigns === 0
          ? 'No campaign is under way. Nothing will be sent until somebody resumes sending.'
          : `${format.counted(campaigns, 'campaign')} with ${format.counted(recipients, 'waiting recipient')} will stop at once. They go on when somebody resumes sending.`,
      action: 'Stop all sending',
      danger: true,
    });
    if (!yes) return;
    await data.actions.stopAllSending();
    await refreshSendingStatus();
  } catch (error) {
    notifyError('Sending was not stopped', error);
  }
}

/** Lets sending go on; says what leaves then. */
export async function resumeAllSending(format: Format): Promise<void> {
  try {
    const { campaigns, recipients } = await waitingRecipients();
    const yes = await confirm({
      title: 'Resume sending?',
      consequence:
        campaigns === 0
          ? 'No campaign is waiting.'
          : `${format.counted(campaigns, 'campaign')} with ${format.counted(recipients, 'waiting recipient')} will go on.`,
      action: 'Resume sending',
    });
    if (!yes) return;
    await data.actions.resumeAllSending();
    await refreshSendingStatus();
    notifyDone('Sending is on again.');
  } catch (error) {
    notifyError('Sending was not resumed', error);
  }
}
