import { randomUUID } from 'node:crypto';
import { buildMail } from '#server/channels/email/mime.ts';
import { createSmtpLane } from '#server/channels/email/smtp-lane.ts';
import type { SmtpSettings } from '#server/channels/email/smtp-settings.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { can } from '#shared/account/roles.ts';
import type { Caller } from '#shared/api/ports.ts';
import { LAST_TEST_SEND_ID } from '#shared/api/settings.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { TemplateError } from '#shared/message/liquid.ts';
import type { Message } from '#shared/message/message.schema.ts';
import { type ContactValues, type RenderedMessage, renderPrepared } from '#shared/message/render.ts';
import { type ContactColumns, contactColumns, contactValues } from './contact-values.ts';
import { compileMessage, prepareContent } from './content.ts';
import { loadSender, loadWorkspace } from './drafts.ts';
import { loadLinks, NOBODY } from './links.ts';
import { NO_SMTP } from './sending-state.ts';

/** Sends a message as it stands to whoever asks, with a contact's values in it. Its links are real, nothing is tracked. */
export async function testSend(
  deps: Deps,
  smtp: SmtpSettings | null,
  caller: Caller,
  input: { message: Message; contactId: number | null },
): Promise<{ to: string }> {
  const { db, config, now } = deps;
  if (input.contactId !== null && !can(caller.role, 'readPersonal')) {
    throw new UserError(
      'forbidden',
      'Your role does not see personal data. Send the test without a contact.',
      'contactId',
    );
  }
  if (!smtp) throw new UserError('not_ready', NO_SMTP);
  const sender = await loadSender(db);
  if (!sender) throw new UserError('invalid_input', 'Set the sender first: a name and an address, under Settings.');
  if ((await loadWorkspace(db)).stopped)
    throw new UserError('sending_stopped', 'All sending was stopped. Allow it again first.');
  const unsubscribeUrl = (await loadLinks(db, config.publicUrl)).unsubscribeUrl(NOBODY);
  const { subject, html, text } = await render(input.message, await loadContact(deps, input.contactId), unsubscribeUrl);
  const body = await buildMail({
    sender,
    to: caller.email,
    subject: `[Test] ${subject}`,
    html,
    text: text ?? '',
    id: randomUUID(),
    date: new Date(now()),
    unsubscribeUrl: null,
  });
  await handOver(smtp, { from: sender.fromEmail, to: caller.email, body });
  await db.tx(async (tx) => {
    await tx.query('insert into test_send (id, sent_to, sent_at, sent_by) values ($1, $2, $3, $4)', [
      randomUUID(),
      caller.email,
      new Date(now()),
      caller.userId,
    ]);
    await writeDocument(tx, 'setting', LAST_TEST_SEND_ID, { at: now() });
  });
  deps.wake.notify('feed');
  return { to: caller.email };
}

async function render(message: Message, contact: ContactValues, unsubscribeUrl: string): Promise<RenderedMessage> {
  const { html, errors } = await compileMessage(message);
  const first = errors[0];
  if (first)
    throw new UserError('invalid_input', `${first.line ? `Line ${first.line}: ` : ''}${first.message}`, 'source');
  try {
    const prepared = prepareContent({ subject: message.subject, preheader: message.preheader, html });
    return renderPrepared(prepared, { contact, links: { unsubscribeUrl } });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UserError('invalid_input', `${error.line ? `Line ${error.line}: ` : ''}${error.message}`, 'source');
  }
}

async function loadContact({ db }: Deps, contactId: number | null): Promise<ContactValues> {
  if (contactId === null) return {};
  const [row] = await db.query<ContactColumns>(
    `select ${contactColumns('c')} from contact c where c.id = $1 and c.deleted_at is null`,
    [contactId],
  );
  if (!row) throw new UserError('not_found', 'This contact does not exist any more.', 'contactId');
  return contactValues(row);
}

async function handOver(smtp: SmtpSettings, mail: { from: string; to: string; body: Buffer }): Promise<void> {
  const lane = createSmtpLane(smtp);
  const failure = await lane.open();
  if (failure) throw new UserError('not_ready', failure.problem);
  const outcome = await lane.send({ ...mail, gate: async () => true });
  lane.quit();
  if (outcome.type === 'sent') return;
  if (outcome.type === 'blocked') throw new UserError('not_ready', outcome.problem);
  const words = 'response' in outcome ? outcome.response : '';
  throw new UserError('not_ready', `The SMTP server did not take the test email: ${words}`);
}
