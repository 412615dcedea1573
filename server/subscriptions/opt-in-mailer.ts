/**
 * Sends what asks for a confirmation. Each mail is claimed, sent and noted by itself; one that got no clear answer is sent
 * again with the same Message-ID: asking twice harms less than never. Nothing leaves while all sending is stopped.
 */
import { buildMail } from '#server/channels/email/mime.ts';
import type { Outcome } from '#server/channels/email/outcome.ts';
import { createSmtpLane } from '#server/channels/email/smtp-lane.ts';
import { readSmtpUrl, type SmtpSettings } from '#server/channels/email/smtp-settings.ts';
import { loadSender, loadWorkspace } from '#server/deliveries/drafts.ts';
import { type Links, loadLinks } from '#server/deliveries/links.ts';
import { publicUrlProblem } from '#server/deliveries/sending-state.ts';
import type { Deps, Service } from '#server/service.ts';
import { createLoop } from '#server/sync/background-loop.ts';
import type { Sender } from '#shared/api/settings.schema.ts';
import { defaultOptIn, type OptIn } from '#shared/consent/opt-in.schema.ts';
import { readOptIn } from './opt-in.ts';
import { optInMail, textVersionOf } from './opt-in-mail.ts';

const AT_ONCE = 20;
const MOST_ATTEMPTS = 10;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;
/** Questions nobody answered are forgotten after so long. */
const FORGET_DAYS = 30;
const FORGET_EVERY_MS = 3_600_000;

type Due = { id: string; address: string; attempts: number };
type Stage = { smtp: SmtpSettings; sender: Sender; words: OptIn; links: Links };

export function createOptInMailer(deps: Deps): Service {
  const { db, config, log, now, wake } = deps;
  const smtp = config.smtpUrl === null ? null : readSmtpUrl(config.smtpUrl);
  let forgetAt = 0;
  let stopping = false;

  /** What sending takes; null while mail may not leave or nobody could follow its link. */
  async function stage(): Promise<Stage | null> {
    if (!smtp || publicUrlProblem(config.publicUrl, smtp) !== null) return null;
    const sender = await loadSender(db);
    if (!sender || (await loadWorkspace(db)).stopped) return null;
    // Who was asked before it was switched off still gets the mail.
    const words = (await readOptIn(db)) ?? defaultOptIn;
    return { smtp, sender, words, links: await loadLinks(db, config.publicUrl) };
  }

  function claim(): Promise<Due[]> {
    return db.query<Due>(
      `update opt_in o set attempts = o.attempts + 1,
              next_at = $1::timestamptz + least($4::bigint, $3::bigint * (2 ^ o.attempts)::bigint) * interval '1 millisecond'
         from (select id from opt_in where next_at <= $1 and confirmed_at is null and expires_at > $1
                order by next_at limit $2 for update skip locked) as due
        where o.id = due.id returning o.id, o.address, o.attempts`,
      [new Date(now()), AT_ONCE, FIRST_RETRY_MS, LAST_RETRY_MS],
    );
  }

  async function note({ id, attempts }: Due, outcome: Outcome, version: string): Promise<void> {
    const at = new Date(now());
    if (outcome.type === 'sent') {
      await db.query(
        `update opt_in set next_at = null, attempts = 0, sent_at = $2, text_version = $3, problem = null,
                mails = case when first_mail_at > $2::timestamptz - interval '1 day' then mails + 1 else 1 end,
                first_mail_at = case when first_mail_at > $2::timestamptz - interval '1 day' then first_mail_at else $2 end
          where id = $1`,
        [id, at, version],
      );
      return;
    }
    const isOver = outcome.type === 'bounced' || outcome.type === 'failed' || attempts >= MOST_ATTEMPTS;
    const problem = 'response' in outcome ? outcome.response : 'problem' in outcome ? outcome.problem : outcome.type;
    await db.query('update opt_in set problem = $2, next_at = case when $3 then null else next_at end where id = $1', [
      id,
      problem,
      isOver,
    ]);
  }

  async function send(due: readonly Due[], { smtp, sender, words, links }: Stage): Promise<void> {
    const lane = createSmtpLane(smtp);
    const version = textVersionOf(words);
    await db.query(
      `insert into opt_in_text (version, subject, body, first_sent_at) values ($1, $2, $3, $4) on conflict do nothing`,
      [version, words.subject, words.text, new Date(now())],
    );
    try {
      for (const one of due) {
        const failure = await lane.open();
        if (failure) {
          log.warn({ problem: failure.problem }, 'A confirmation could not be sent; it is tried again');
          return;
        }
        const { subject, html, text } = optInMail(words, links.confirmUrl(one.id));
        const mail = { sender, to: one.address, subject, html, text, id: one.id, date: new Date(now()) };
        const body = await buildMail({ ...mail, unsubscribeUrl: null });
        const outcome = await lane.send({ from: sender.fromEmail, to: one.address, body, gate: async () => !stopping });
        await note(one, outcome, version);
      }
    } finally {
      lane.quit();
    }
  }

  async function round(): Promise<boolean> {
    if (now() >= forgetAt) {
      forgetAt = now() + FORGET_EVERY_MS;
      await db.query(`delete from opt_in where confirmed_at is null and expires_at < $1`, [
        new Date(now() - FORGET_DAYS * 86_400_000),
      ]);
    }
    const ready = await stage();
    if (!ready) return false;
    const due = await claim();
    if (due.length > 0) await send(due, ready);
    return due.length === AT_ONCE;
  }

  const loop = createLoop({ idleMs: 30_000, gapMs: 50, work: round, log, name: 'confirmations' });
  let off: () => void = () => undefined;
  return {
    name: 'confirmations',
    async start() {
      off = wake.on('optIn', loop.poke);
      loop.start();
    },
    async stop() {
      stopping = true;
      off();
      await loop.stop();
    },
  };
}
