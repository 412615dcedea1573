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

/**
 * MJML becomes the HTML it compiles to. HTML cannot become MJML: the MJML it came from comes back, else the starter.
 * `html` is the compiled source, null while there is none.
 */
export function switchFormat(message: Pick<Message, 'format' | 'source'>, html: string | null, kept: Kept): Switch {
  if (message.format === 'mjml') {
    return {
      source: html && html !== '' ? html : '<!doctype html>\n<html>\n<body>\n\n</body>\n</html>\n',
      question: null,
    };
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
