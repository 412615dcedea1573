/** The few pages a mail's links lead to: plain HTML that works without scripts, pictures or style sheets. */
import { escapeHtml } from '#shared/message/html-scan.ts';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;color:#1f2430;background:#f6f7f9;margin:0}' +
  'main{max-width:420px;margin:15vh auto;background:#fff;border:1px solid #e3e6eb;border-radius:6px;padding:32px}' +
  'h1{font-size:20px;margin:0 0 12px}p{margin:0 0 20px}' +
  'fieldset{border:0;margin:0 0 20px;padding:0}label{display:block;margin:0 0 8px}' +
  // Boxes that would not count are not shown: who leaves all leaves these too.
  '.boxes{margin-left:24px}fieldset:has([value=all]:checked) .boxes{display:none}' +
  'select{font:inherit;max-width:100%;margin:0 0 20px;display:block}' +
  'button{font:inherit;color:#fff;background:#3b4bc8;border:0;border-radius:6px;padding:10px 20px;cursor:pointer}' +
  '@media(prefers-color-scheme:dark){body{color:#e6e8ee;background:#16181d}main{background:#1e2128;border-color:#30343d}}';

/** A whole page; `body` is HTML. */
export function page(title: string, body: string): string {
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">' +
    `<title>${escapeHtml(title)}</title><style>${style}</style></head>` +
    `<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`
  );
}

/** Why people leave; what they choose is in the consent ledger as it stands here. */
export const leaveReasons = [
  'Too many emails',
  'Not interesting to me',
  'I never subscribed',
  'I prefer another channel',
  'Another reason',
] as const;

const reasonField =
  '<label for="reason">Why? (you need not say)</label><select id="reason" name="reason"><option value=""></option>' +
  `${leaveReasons.map((reason) => `<option>${reason}</option>`).join('')}</select>`;

export type LeavableCategory = { id: string; name: string };

/**
 * Asks before it does anything: scanners open links too. The form posts to the very address it was opened at. Who
 * subscribes to categories may leave only some of them.
 */
export function askPage(workspace: string, categories: readonly LeavableCategory[], problem = ''): string {
  const everything = `<p>You will get no more marketing emails from ${escapeHtml(workspace)} at this address.</p>`;
  const boxes = categories.map(
    ({ id, name }) =>
      `<label><input type="checkbox" name="category" value="${escapeHtml(id)}"> ${escapeHtml(name)}</label>`,
  );
  const choice =
    categories.length === 0
      ? everything
      : '<fieldset><label><input type="radio" name="what" value="all" checked> ' +
        `All marketing emails from ${escapeHtml(workspace)}</label>` +
        `<label><input type="radio" name="what" value="some"> Only these:</label><div class="boxes">${boxes.join('')}</div></fieldset>`;
  const said = problem === '' ? '' : `<p role="alert"><strong>${escapeHtml(problem)}</strong></p>`;
  return page(
    'Unsubscribe?',
    `${said}<form method="post">${choice}${reasonField}<button type="submit">Unsubscribe</button></form>`,
  );
}

const undoForm =
  '<form method="post"><input type="hidden" name="what" value="back">' +
  '<button type="submit">Subscribe again</button></form>';

/** `left`: names of categories; none = all mail. */
export function donePage(workspace: string, left: readonly string[]): string {
  const from = escapeHtml(workspace);
  if (left.length === 0) {
    return page(
      'You are unsubscribed',
      `<p>You will get no more marketing emails from ${from}.</p><p>Was it a mistake?</p>${undoForm}`,
    );
  }
  return page(
    'You are unsubscribed',
    `<p>You will get no more of this from ${from}: ${escapeHtml(left.join(', '))}. Other emails still come.</p>`,
  );
}

export function backPage(workspace: string): string {
  return page('You are subscribed again', `<p>You will get emails from ${escapeHtml(workspace)} at this address.</p>`);
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
