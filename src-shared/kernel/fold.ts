/**
 * The one folding used wherever text is compared or searched: NFKC, then lower case.
 * It is applied once, on write, and stored beside the original; no database or engine ever
 * calls its own lower(), because those differ ('İ', final sigma, 'ß').
 */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** PostgreSQL text cannot hold U+0000 and JSON cannot hold lone surrogates safely: both are replaced by U+FFFD. */
export function storableText(text: string): string {
  const stored = text.includes('\u0000') ? text.replaceAll('\u0000', '\uFFFD') : text;
  return stored.isWellFormed() ? stored : stored.toWellFormed();
}
