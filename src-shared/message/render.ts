/**
 * What a recipient gets, from a message's compiled HTML: pure, the same in the editor's preview and at the hand-off.
 * Guarantees: contact values cannot break out of the HTML; there is always a link to unsubscribe; only `<a href>` changes.
 */
import { type ContactField, contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { escapeHtml, scanTags } from './html-scan.ts';
import { hasLink, isTrackable, rewriteLinks } from './links.ts';
import { type LiquidTemplate, parseLiquid, renderLiquid } from './liquid.ts';

export type MessageContent = {
  subject: string;
  preheader: string;
  /** Compiled, Liquid still inside. */
  html: string;
  /** Plain text of the same, Liquid still inside. */
  text?: string;
};

export type ContactValues = { [K in ContactField]?: string | number | null };

export type MessageLinks = {
  unsubscribeUrl: string;
  /** Address to put in place of a web link; the link to unsubscribe is never passed. */
  track?: (url: string) => string;
  pixelUrl?: string;
};

export type RenderInput = { contact: ContactValues; links: MessageLinks };
export type RenderedMessage = { subject: string; html: string; text?: string };

export type PreparedMessage = {
  subject: LiquidTemplate;
  html: LiquidTemplate;
  text: LiquidTemplate | null;
};

/** Reads the templates once for many recipients. Throws TemplateError. */
export function prepareMessage(content: MessageContent): PreparedMessage {
  return {
    subject: parseLiquid('text', content.subject),
    html: parseLiquid('html', injectPreheader(content.html, content.preheader)),
    text: content.text === undefined ? null : parseLiquid('text', content.text),
  };
}

/** Throws TemplateError. */
export function renderPrepared(prepared: PreparedMessage, { contact, links }: RenderInput): RenderedMessage {
  const values = { contact: contactScope(contact), unsubscribeUrl: links.unsubscribeUrl };
  const rendered: RenderedMessage = {
    // A line break would end the header.
    subject: renderLiquid(prepared.subject, values)
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .trim(),
    html: finishHtml(renderLiquid(prepared.html, values), links),
  };
  if (prepared.text) rendered.text = finishText(renderLiquid(prepared.text, values), links.unsubscribeUrl);
  return rendered;
}

/** Throws TemplateError. */
export function renderMessage(content: MessageContent, input: RenderInput): RenderedMessage {
  return renderPrepared(prepareMessage(content), input);
}

/** Every field is present, so that a template sees null and not a missing property. */
function contactScope(contact: ContactValues): Record<string, string | number | null> {
  return Object.fromEntries(contactFieldKeys.map((key) => [key, contact[key] ?? null]));
}

function finishHtml(rendered: string, links: MessageLinks): string {
  let html = rendered;
  if (!hasLink(html, links.unsubscribeUrl)) html = beforeBodyEnd(html, footer(links.unsubscribeUrl));
  const { track, pixelUrl } = links;
  if (track) {
    html = rewriteLinks(html, (url) => (url !== links.unsubscribeUrl && isTrackable(url) ? track(url) : null));
  }
  return pixelUrl === undefined ? html : beforeBodyEnd(html, pixel(pixelUrl));
}

function finishText(text: string, unsubscribeUrl: string): string {
  return text.includes(unsubscribeUrl) ? text : `${text.trimEnd()}\n\nUnsubscribe: ${unsubscribeUrl}\n`;
}

function footer(url: string): string {
  return (
    '<div style="padding:16px;text-align:center;font:12px/18px Arial,sans-serif;color:#6b7280">' +
    `<a href="${escapeHtml(url)}" style="color:#6b7280;text-decoration:underline">Unsubscribe</a></div>`
  );
}

function pixel(url: string): string {
  return `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`;
}

function beforeBodyEnd(html: string, piece: string): string {
  const end = [...html.matchAll(/<\/(?:body|html)\s*>/gi)].at(0)?.index ?? html.length;
  return html.slice(0, end) + piece + html.slice(end);
}

/** The line that inboxes show beside the subject, hidden in the message itself. */
function injectPreheader(html: string, preheader: string): string {
  if (preheader.trim() === '') return html;
  const piece =
    '<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;mso-hide:all">' +
    `${escapeOutsideLiquid(preheader)}${'&#847;&zwnj;&nbsp;'.repeat(40)}</div>`;
  const body = scanTags(html, { liquid: true }).find((tag) => tag.name === 'body');
  return body ? html.slice(0, body.end) + piece + html.slice(body.end) : piece + html;
}

/** The author's own words are text, not HTML; what Liquid prints is escaped by the engine. */
function escapeOutsideLiquid(source: string): string {
  return source
    .split(/(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/)
    .map((piece, index) => (index % 2 === 1 ? piece : escapeHtml(piece)))
    .join('');
}
