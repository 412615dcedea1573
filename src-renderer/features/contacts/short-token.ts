const WHOLE = 24;
const HEAD = 12;
const TAIL = 6;

/** A long token by its beginning and its end: that is how people tell two of them apart. */
export function shortToken(value: string): string {
  const signs = [...value];
  if (signs.length <= WHOLE) return value;
  return `${signs.slice(0, HEAD).join('')}…${signs.slice(-TAIL).join('')}`;
}
