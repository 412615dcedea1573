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

export function previewDocument(html: string): string {
  // Only the frame's own head is certain to come before the author's first tag.
  return `<!doctype html>${rules}${html.replace(/^\s*<!doctype[^>]*>/i, '')}`;
}
