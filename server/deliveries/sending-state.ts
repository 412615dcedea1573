/** Whether mail may leave at all: SMTP set, nobody pressed "Stop all sending", and the public URL proved to be ours. */
import { isLoopback, type SmtpSettings } from '#server/channels/email/smtp-settings.ts';
import type { Deps } from '#server/service.ts';
import { reasonOf } from '#server/start-error.ts';
import type { Tx } from '#server/storage/database.ts';
import type { SendingStatus } from '#shared/api/ports.ts';
import { loadWorkspace } from './drafts.ts';
import { loadLinks } from './links.ts';
import { writeRunDocument } from './run-document.ts';

const TIMEOUT_MS = 10_000;

export type SendingState = {
  status(): Promise<SendingStatus>;
  /** Fetches the very address readers would unsubscribe at; keeps the result. Answers what is wrong, in words. */
  verifyPublicUrl(): Promise<string | null>;
  stopAll(by: string): Promise<void>;
  resumeAll(): Promise<void>;
};

export const NO_SMTP = 'No SMTP server is set: start the server with MUSTER_SMTP_URL.';

export function createSendingState(deps: Deps, smtp: SmtpSettings | null, cancelWindowMs: number): SendingState {
  const { db, config, log, now, wake } = deps;
  let lastProblem: string | null = null;

  async function probe(): Promise<string | null> {
    const refused = publicUrlProblem(config.publicUrl, smtp);
    if (refused) return refused;
    const { url, answer } = (await loadLinks(db, config.publicUrl)).probe();
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
      const text = await response.text();
      if (response.ok && text === answer) return null;
      return `The links to unsubscribe do not lead to this server: ${config.publicUrl} answered with status ${response.status}.`;
    } catch (error) {
      const cause = error instanceof Error && error.cause ? `: ${reasonOf(error.cause)}` : '';
      return `The links to unsubscribe do not work: ${config.publicUrl} cannot be reached (${reasonOf(error)}${cause}).`;
    }
  }

  async function verifyPublicUrl(): Promise<string | null> {
    lastProblem = await probe();
    await db.query('update workspace set public_url_verified = $1, public_url_verified_at = $2 where id = 1', [
      lastProblem === null ? config.publicUrl : null,
      new Date(now()),
    ]);
    if (lastProblem) log.warn({ problem: lastProblem }, 'The public URL did not pass its self-test');
    return lastProblem;
  }

  async function status(): Promise<SendingStatus> {
    const { stopped, stoppedBy } = await loadWorkspace(db);
    const [row] = await db.query<{ public_url_verified: string | null }>(
      'select public_url_verified from workspace where id = 1',
    );
    const refused = publicUrlProblem(config.publicUrl, smtp);
    const verified = row?.public_url_verified === config.publicUrl && refused === null;
    const untested = 'The public URL has not passed its self-test yet.';
    return {
      stopped,
      stoppedBy,
      smtpConfigured: smtp !== null,
      publicUrl: config.publicUrl,
      bulkAllowed: verified,
      localWorkspace: config.localWorkspace,
      problem: smtp ? (verified ? null : (refused ?? lastProblem ?? untested)) : NO_SMTP,
    };
  }

  /** What was about to start can still be cancelled for as long as if it had just been launched: nobody watched meanwhile. */
  async function beginWindowsAnew(tx: Tx): Promise<void> {
    const { rows } = await tx.query<{ campaign_id: string }>(
      `update campaign_run set cancel_until = $1 where state = 'cancellable' returning campaign_id`,
      [new Date(now() + cancelWindowMs)],
    );
    for (const { campaign_id } of rows) await writeRunDocument(tx, campaign_id);
  }

  async function setStopped(stopped: boolean, by: string | null): Promise<void> {
    await db.tx(async (tx) => {
      await tx.query('update workspace set sending_stopped = $1, sending_stopped_by = $2 where id = 1', [stopped, by]);
      if (!stopped) await beginWindowsAnew(tx);
    });
    wake.notify('feed');
    log.warn({ stopped }, stopped ? 'All sending was stopped' : 'Sending was allowed again');
    wake.notify('outbox');
  }

  return {
    status,
    verifyPublicUrl,
    stopAll: (by) => setStopped(true, by),
    resumeAll: () => setStopped(false, null),
  };
}

/** Readers must be able to follow the links: https, or everything on this machine. */
export function publicUrlProblem(publicUrl: string, smtp: Pick<SmtpSettings, 'loopback'> | null): string | null {
  const url = new URL(publicUrl);
  if (isLoopback(url.hostname)) {
    if (smtp === null || smtp.loopback) return null;
    return `The links in mails would point to ${publicUrl}, which only this machine can open. Set MUSTER_PUBLIC_URL to an address your readers reach.`;
  }
  if (url.protocol === 'https:') return null;
  return `The links in mails must use https, but MUSTER_PUBLIC_URL is ${publicUrl}.`;
}
