/**
 * The preview frame's own rules: nothing runs, nothing is sent; only pictures and fonts may be fetched. It comes first in
 * the head, before anything the author wrote. A link opens nowhere, because the frame may not open windows.
 */
const rules =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src https: http: data:; ' +
  "style-src 'unsafe-inline' https:; font-src https: data:\">" +
  '<meta name="referrer" content="no-referrer"><base target="_blank">';

/** Where a preview's unsubscribe link points; nobody can follow it from there. */
export const PREVIEW_UNSUBSCRIBE = 'https://preview.invalid/unsubscribe';

export type MailboxScheme = 'light' | 'dark';

/** The mail in its frame, with the colours of the asked mailbox whatever the colours of this device are. */
export function previewDocument(html: string, scheme: MailboxScheme = 'light'): string {
  // Only the frame's own head is certain to come before the author's first tag.
  return `<!doctype html>${rules}${inScheme(html, scheme).replace(/^\s*<!doctype[^>]*>/i, '')}`;
}

/** A frame takes the device's own scheme; here the author's media queries are answered instead. */
function inScheme(html: string, scheme: MailboxScheme): string {
  return html.replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_query, asked: string) =>
    asked.toLowerCase() === scheme ? '(min-width: 0)' : '(max-width: 0)',
  );
}
