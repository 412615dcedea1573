/** From a message's source to bytes for one recipient. */
import { convert, type HtmlToTextOptions } from 'html-to-text';
import { buildMail } from '#server/channels/email/mime.ts';
import type { Sender } from '#shared/api/settings.schema.ts';
import { type CompiledSource, compileSource, type Mjml2Html } from '#shared/message/compile-source.ts';
import { TemplateError } from '#shared/message/liquid.ts';
import type { Message } from '#shared/message/message.schema.ts';
import {
  type ContactValues,
  type MessageContent,
  type PreparedMessage,
  prepareMessage,
  renderPrepared,
} from '#shared/message/render.ts';
import type { DeliveryRef, Links } from './links.ts';

/** MJML is large: it is read when the first message needs it. */
async function loadMjml(): Promise<Mjml2Html> {
  const { default: mjml } = await import('mjml');
  return mjml;
}

export function compileMessage({ format, source }: Pick<Message, 'format' | 'source'>): Promise<CompiledSource> {
  return compileSource(format, source, loadMjml);
}

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
  selector,
  // Upper case would reach into Liquid's variables.
  options: { uppercase: false },
}));
const textOptions: HtmlToTextOptions = {
  wordwrap: false,
  selectors: [
    ...headings,
    { selector: 'img', format: 'skip' },
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
  ],
};

/**
 * Templates of a message, with a plain text made of its HTML once: its Liquid survives the conversion, unless it stood in
 * markup that a text does not have; then the text is left out of the templates and made per recipient.
 */
export function prepareContent(content: MessageContent): PreparedMessage {
  const text = convert(content.html, textOptions);
  try {
    return prepareMessage({ ...content, text });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return prepareMessage(content);
  }
}

export type Frozen = { prepared: PreparedMessage; sender: Sender };
export type Recipient = { ref: DeliveryRef; deliveryId: string; address: string; contact: ContactValues };

/** Throws TemplateError when the message cannot be rendered for this contact. */
export function composeMail(
  { prepared, sender }: Frozen,
  recipient: Recipient,
  links: Links,
  now: number,
): Promise<Buffer> {
  const { ref } = recipient;
  const unsubscribeUrl = links.unsubscribeUrl(ref);
  const { subject, html, text } = renderPrepared(prepared, {
    contact: recipient.contact,
    links: { unsubscribeUrl, track: (url) => links.clickUrl(ref, url), pixelUrl: links.pixelUrl(ref) },
  });
  return buildMail({
    sender,
    to: recipient.address,
    subject,
    html,
    text: text ?? convert(html, textOptions),
    id: recipient.deliveryId,
    date: new Date(now),
    unsubscribeUrl,
  });
}
