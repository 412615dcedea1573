/** Changing a message's format without losing its text. */
import type { Message } from '#shared/message/message.schema.ts';
import { starterMjml } from './starter.ts';

export type Format = Message['format'];
/** The source a message had in its other format, and the one it was turned into. */
export type Kept = { format: Format; source: string; became: string } | null;

export type Switch = {
  source: string;
  /** Words to ask first, because text would be replaced; null = nothing is lost. */
  question: { title: string; consequence: string; action: string } | null;
};

const EMPTY_HTML = '<!doctype html>\n<html>\n<body>\n\n</body>\n</html>\n';

/**
 * MJML becomes the HTML it compiles to. HTML cannot become MJML: the MJML it came from comes back, else the starter.
 * `html` is the compiled source, null while there is none.
 */
export function switchFormat(message: Pick<Message, 'format' | 'source'>, html: string | null, kept: Kept): Switch {
  if (message.format === 'mjml') {
    if (html !== null && html !== '') return { source: html, question: null };
    const question = {
      title: 'Switch to an empty HTML message?',
      consequence:
        'The MJML has errors, so there is no HTML to take over. Mend them first, or start empty; switching back brings your MJML.',
      action: 'Start empty',
    };
    return { source: EMPTY_HTML, question: message.source.trim() === '' ? null : question };
  }
  const before = kept?.format === 'mjml' ? kept : null;
  if (before && before.became === message.source) return { source: before.source, question: null };
  if (message.source.trim() === '') return { source: before?.source ?? starterMjml, question: null };
  return {
    source: before?.source ?? starterMjml,
    question: {
      title: 'Replace the HTML by MJML?',
      consequence: before
        ? 'The MJML it was made from comes back. What was changed in the HTML since then is lost, unless you undo.'
        : 'HTML cannot be turned into MJML: the source starts again from the newsletter. Undo in the editor brings your text back.',
      action: 'Replace the HTML',
    },
  };
}
