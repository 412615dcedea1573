/**
 * What may stand in the log: places in the code and what kind of thing went wrong, never whose. Messages of errors quote
 * the values they stumbled over, so everything in quotes goes, and whatever looks like a secret, a person or a query.
 */

const HIDDEN = '…';

const rules: readonly [RegExp, string][] = [
  [/("|'|`)(?:(?!\1)[^\n]){1,2000}\1/g, `$1${HIDDEN}$1`],
  [/\b(bearer|basic)\s+\S+/gi, `$1 ${HIDDEN}`],
  [
    /\b((?:set-)?cookie|authorization|set-auth-token|x-api-key|password|token|secret|code)(\s*[:=]\s*)\S+/gi,
    `$1$2${HIDDEN}`,
  ],
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@]+@)?([^\s?#]*)[?#]\S*/gi, `$1$2?${HIDDEN}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1'],
  [/[^\s@:/<>(]+@[^\s@/<>)]+\.[a-z]{2,}/gi, HIDDEN],
  [/\+\d[\d ().-]{5,}\d/g, HIDDEN],
  [/\b\d{9,}\b/g, HIDDEN],
];

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Session tokens, keys and codes are long runs of letters and digits; a document's id is not one of them. */
function withoutTokens(text: string): string {
  return text.replaceAll(/[\w+-]{20,}={0,2}/g, (run) =>
    uuid.test(run) || !/\d/.test(run) || !/[a-z]/i.test(run) ? run : HIDDEN,
  );
}

/** A text of unknown origin in a form that may be written down. */
export function redact(text: string): string {
  return withoutTokens(rules.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text)).slice(0, 2000);
}

/** An error as the log keeps it: kind, code, message without values, and the places it came through. */
export function describeForLog(error: unknown): { name?: string; code?: string; message: string; stack?: string[] } {
  if (!(error instanceof Error)) return { message: redact(String(error)) };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return {
    name: error.name,
    ...code,
    message: redact(error.message),
    stack: frames.slice(0, 20).map((at) => at.trim()),
  };
}
