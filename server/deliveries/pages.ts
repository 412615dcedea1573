/** The few pages a mail's links lead to: plain HTML that works without scripts, pictures or style sheets. */
import { escapeHtml } from '#shared/message/html-scan.ts';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;color:#1f2430;background:#f6f7f9;margin:0}' +
  'main{max-width:420px;margin:15vh auto;background:#fff;border:1px solid #e3e6eb;border-radius:6px;padding:32px}' +
  'h1{font-size:20px;margin:0 0 12px}p{margin:0 0 20px}' +
  'button{font:inherit;color:#fff;background:#3b4bc8;border:0;border-radius:6px;padding:10px 20px;cursor:pointer}' +
  '@media(prefers-color-scheme:dark){body{color:#e6e8ee;background:#16181d}main{background:#1e2128;border-color:#30343d}}';

function page(title: string, body: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">' +
    `<title>${escapeHtml(title)}</title><style>${style}</style></head>` +
    `<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`
  );
}

/** Asks before it does anything: scanners open links too. The form posts to the very address it was opened at. */
export function askPage(workspace: string): string {
  return page(
    'Unsubscribe?',
    `<p>You will get no more marketing emails from ${escapeHtml(workspace)} at this address.</p>` +
      '<form method="post"><button type="submit">Unsubscribe</button></form>',
  );
}

export function donePage(workspace: string): string {
  return page('You are unsubscribed', `<p>You will get no more marketing emails from ${escapeHtml(workspace)}.</p>`);
}

export function testPage(): string {
  return page('This is a test email', '<p>In a real email this link unsubscribes its reader. Nothing was changed.</p>');
}

export function badLinkPage(): string {
  return page(
    'This link does not work',
    '<p>It is incomplete or was changed. Copy the whole address from the email.</p>',
  );
}

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
