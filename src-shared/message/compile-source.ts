import type { Message } from './message.schema.ts';

/** What both MJML builds answer (mjml on the server, mjml-browser in the app; both are asynchronous). */
export type Mjml2Html = (
  source: string,
  options: { validationLevel: 'soft'; ignoreIncludes: true; keepComments: false },
) => Promise<{ html: string; errors: { line: number; message: string; tagName: string }[] }>;

export type SourceError = { line: number | null; message: string };
export type CompiledSource = { html: string; errors: SourceError[] };

/**
 * Source to HTML with its Liquid still inside. Errors name the line of the source; a message with errors must not be sent.
 * `mjml2html` is injected, because each runtime has its own and it is large.
 */
export async function compileSource(
  format: Message['format'],
  source: string,
  mjml2html: () => Promise<Mjml2Html>,
): Promise<CompiledSource> {
  if (source.trim() === '') return { html: '', errors: [{ line: null, message: 'The message is empty' }] };
  if (format === 'html') return { html: source, errors: [] };
  const include = source.split('\n').findIndex((line) => /<mj-include\b/i.test(line));
  if (include >= 0) return { html: '', errors: [{ line: include + 1, message: 'mj-include is not supported' }] };
  try {
    const compile = await mjml2html();
    const { html, errors } = await compile(source, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      keepComments: false,
    });
    return {
      html,
      errors: errors.map(({ line, message, tagName }) => ({ line, message: `${tagName}: ${message}` })),
    };
  } catch (error) {
    return { html: '', errors: [parseFailure(error)] };
  }
}

/** The MJML parser throws on XML it cannot read; its words name the line where they can. */
function parseFailure(error: unknown): SourceError {
  const text = error instanceof Error ? error.message : String(error);
  const line = /\bline:?\s*(\d+)/i.exec(text)?.[1];
  const words = text.split('\n')[0]?.trim() ?? '';
  return { line: line ? Number(line) : null, message: words === '' ? 'This is not valid MJML' : words };
}
