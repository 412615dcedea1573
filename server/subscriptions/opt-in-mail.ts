/** The mail that asks whether somebody signed up: the workspace's words, and the link. */
import { createHash } from 'node:crypto';
import type { OptIn } from '#shared/consent/opt-in.schema.ts';
import { OPT_IN_DAYS } from '#shared/consent/opt-in.schema.ts';
import { escapeHtml } from '#shared/message/html-scan.ts';

/** Of exactly these words. */
export const textVersionOf = ({ subject, text }: Pick<OptIn, 'subject' | 'text'>): string =>
  `opt-in ${createHash('sha256').update(`${subject}\n${text}`).digest('hex').slice(0, 12)}`;

const small = `This link works for ${OPT_IN_DAYS} days. If you did not sign up, do nothing: you will get no more emails.`;
const button =
  'display:inline-block;background:#3b4bc8;color:#ffffff;text-decoration:none;border-radius:6px;padding:10px 20px';

export function optInMail({ subject, text }: OptIn, url: string): { subject: string; html: string; text: string } {
  const paragraphs = text
    .split(/\n{2,}/)
    .map((part) => `<p>${escapeHtml(part).replace(/\n/g, '<br>')}</p>`)
    .join('');
  return {
    subject,
    text: `${text}\n\n${url}\n\n${small}\n`,
    html:
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>` +
      `<body style="font:16px/1.5 sans-serif;color:#1f2430">${paragraphs}` +
      `<p><a href="${escapeHtml(url)}" style="${button}">Confirm</a></p>` +
      `<p style="font-size:13px;color:#666">${escapeHtml(small)}</p></body></html>`,
  };
}
