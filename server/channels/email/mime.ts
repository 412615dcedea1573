import { domainToASCII } from 'node:url';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Sender } from '#shared/api/settings.schema.ts';

export type OutgoingMail = {
  sender: Sender;
  to: string;
  subject: string;
  html: string;
  text: string;
  /** Of the delivery: the Message-ID is made of it, so that a second copy can be told. */
  id: string;
  date: Date;
  /** Null in mails nobody can unsubscribe from (a test to oneself). */
  unsubscribeUrl: string | null;
};

/** `<delivery id@domain of the sender>`: the same on every attempt. */
export function messageIdOf(id: string, fromEmail: string): string {
  const domain = domainToASCII(fromEmail.slice(fromEmail.lastIndexOf('@') + 1));
  return `<${id}@${domain === '' ? 'localhost' : domain}>`;
}

/** A multipart/alternative mail as bytes, with the headers bulk mail needs (RFC 2369, RFC 8058). */
export function buildMail(mail: OutgoingMail): Promise<Buffer> {
  const { sender } = mail;
  const composer = new MailComposer({
    from: { name: sender.fromName, address: sender.fromEmail },
    ...(sender.replyTo === '' ? {} : { replyTo: sender.replyTo }),
    to: { name: '', address: mail.to },
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    messageId: messageIdOf(mail.id, sender.fromEmail),
    date: mail.date,
    headers:
      mail.unsubscribeUrl === null
        ? {}
        : {
            'List-Unsubscribe': { prepared: true, foldLines: false, value: `<${mail.unsubscribeUrl}>` },
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            Precedence: 'bulk',
          },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
