/**
 * Which encoding the bytes of a text file are in. A byte order mark or zero bytes tell UTF-16, valid UTF-8 is taken for
 * UTF-8; of the eight-bit encodings the one counts in which the text looks most like words. A guess: people can correct it.
 */

export const fileEncodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1251',
  'koi8-u',
  'x-mac-cyrillic',
  'windows-1252',
] as const;
export type FileEncoding = (typeof fileEncodings)[number];

export const encodingLabels: Readonly<Record<FileEncoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1251': 'Windows Cyrillic (cp1251)',
  'koi8-u': 'KOI8-U',
  'x-mac-cyrillic': 'Mac Cyrillic',
  'windows-1252': 'Western (Windows-1252)',
};

const eightBit = ['windows-1251', 'koi8-u', 'x-mac-cyrillic', 'windows-1252'] as const;

/** How often letters come in Ukrainian and Russian texts together, in 1/1,000. */
const frequencies: Readonly<Record<string, number>> = Object.fromEntries(
  'о95 а80 и65 н65 е65 т55 в50 р48 с45 л38 к37 і35 д31 у30 м29 п27 я22 з20 ь18 б17 г15 ч13 й10 ы10 х9 ж8 ю8 ш7 ц6 ї5 є4 щ4 ф3 э2 ъ1 ґ1 ё1'
    .split(' ')
    .map((pair) => [pair.slice(0, 1), Number(pair.slice(1))]),
);

const LATIN = Math.log(0.06);
const STRANGE = -9;
const MISPLACED = -6;
/** What stands between words in real texts. */
const punctuation = new Set('«»“”„‘’–—…№€°§ʼ\u00A0');

const isAscii = (char: string): boolean => /[a-z]/i.test(char);
const isCyrillic = (char: string): boolean => char >= '\u0400' && char <= '\u04FF';
const isLatin = (char: string): boolean => /\p{Script=Latin}/u.test(char);
const isUpper = (char: string): boolean => char !== char.toLowerCase();

function likelihood(text: string): number {
  let score = 0;
  let before = ' ';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char.charCodeAt(0) >= 128) score += charScore(char, before, text[at + 1] ?? ' ');
    before = char;
  }
  return score;
}

function charScore(char: string, before: string, after: string): number {
  if (punctuation.has(char)) return -4;
  if (isCyrillic(char)) {
    const found = frequencies[char.toLowerCase()];
    if (found === undefined) return STRANGE;
    // No word changes its alphabet, or goes on in capitals after a small letter.
    const misplaced =
      isAscii(before) || isAscii(after) || (isUpper(char) && isCyrillic(before) && !isUpper(before)) ? MISPLACED : 0;
    return Math.log(found / 1000) + misplaced;
  }
  if (!isLatin(char)) return STRANGE;
  // Western words have an accent here and there; Cyrillic ones read as Western have nothing else.
  const isAlone = !(isLatin(before) && !isAscii(before)) && !(isLatin(after) && !isAscii(after));
  const misplaced = isUpper(char) && isLatin(before) && !isUpper(before) ? MISPLACED : 0;
  return (isAlone && (isAscii(before) || isAscii(after)) ? LATIN : LATIN + MISPLACED) + misplaced;
}

/** Whether the bytes are UTF-8; a sequence that the end cuts off is no mistake. */
function isUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    if (first < 0x80) {
      at += 1;
      continue;
    }
    const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : 0;
    const size = length === 0 && first >= 0xf0 && first <= 0xf4 ? 4 : length;
    if (size === 0) return false;
    for (let next = 1; next < size; next++) {
      const byte = bytes[at + next];
      if (byte === undefined) return true;
      if ((byte & 0xc0) !== 0x80) return false;
    }
    at += size;
  }
  return true;
}

/** UTF-16 without a mark shows itself by the zero bytes of its separators and Latin letters. */
function utf16(bytes: Uint8Array): FileEncoding | null {
  let even = 0;
  let odd = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if (even + odd < 2 || even + odd < bytes.length / 100) return null;
  return odd >= even ? 'utf-16le' : 'utf-16be';
}

/** `decode`: what the platform makes of bytes in an eight-bit encoding. */
export function detectEncoding(
  start: Uint8Array,
  decode: (bytes: Uint8Array, encoding: FileEncoding) => string,
): FileEncoding {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8';
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const wide = utf16(start);
  if (wide) return wide;
  if (isUtf8(start)) return 'utf-8';
  let best: FileEncoding = 'windows-1251';
  let most = Number.NEGATIVE_INFINITY;
  for (const encoding of eightBit) {
    const score = likelihood(decode(start, encoding));
    if (score <= most) continue;
    most = score;
    best = encoding;
  }
  return best;
}
