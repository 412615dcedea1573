/**
 * The small part of HTML that mail needs: start tags with the exact places of their attributes, so that a rewrite changes
 * those places and not one byte more. Comments (Outlook's conditional ones too) and raw text elements are passed over.
 */
export type ScannedAttribute = {
  name: string;
  /** As written between the quotes; see {@link decodeEntities}. */
  raw: string;
  /** Range to replace, quotes included. Equal ends = the attribute has no value. */
  start: number;
  end: number;
};

export type ScannedTag = { name: string; start: number; end: number; attributes: ScannedAttribute[] };

const rawText = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'noembed', 'noframes']);
const space = /\s/;

/** With `liquid`, a `{{ … }}` or `{% … %}` inside a tag is skipped as one piece, whatever quotes it holds. */
export function scanTags(html: string, options: { liquid: boolean }): ScannedTag[] {
  const found: ScannedTag[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const close = html.indexOf('-->', open + 2);
      at = close < 0 ? html.length : close + 3;
    } else if (/[a-z]/i.test(html[open + 1] ?? '')) {
      const tag = readTag(html, open, options.liquid);
      if (!tag) break;
      found.push(tag);
      at = rawText.has(tag.name) ? endOfRawText(html, tag) : tag.end;
    } else {
      at = open + 1;
    }
  }
  return found;
}

function endOfRawText(html: string, tag: ScannedTag): number {
  const close = new RegExp(`</${tag.name}[\\s/>]`, 'gi');
  close.lastIndex = tag.end;
  return close.exec(html)?.index ?? html.length;
}

/** Answers null for a tag that never ends. */
function readTag(html: string, start: number, liquid: boolean): ScannedTag | null {
  let at = start + 1;
  while (at < html.length && !/[\s/>]/.test(html[at] ?? '')) at++;
  const tag: ScannedTag = { name: html.slice(start + 1, at).toLowerCase(), start, end: at, attributes: [] };
  for (;;) {
    while (at < html.length && /[\s/]/.test(html[at] ?? '')) at++;
    if (at >= html.length) return null;
    if (html[at] === '>') return { ...tag, end: at + 1 };
    const skipped = liquid ? endOfLiquid(html, at) : at;
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const nameStart = at;
    // A name may begin with "=": then that character belongs to it.
    at++;
    while (at < html.length && !/[\s/>=]/.test(html[at] ?? '')) at++;
    const name = html.slice(nameStart, at).toLowerCase();
    let after = at;
    while (space.test(html[after] ?? '')) after++;
    if (html[after] !== '=') {
      tag.attributes.push({ name, raw: '', start: at, end: at });
      continue;
    }
    after++;
    while (space.test(html[after] ?? '')) after++;
    const value = readValue(html, after, liquid);
    if (!value) return null;
    tag.attributes.push({ name, ...value });
    at = value.end;
  }
}

function readValue(html: string, start: number, liquid: boolean): Omit<ScannedAttribute, 'name'> | null {
  const quote = html[start];
  const quoted = quote === '"' || quote === "'";
  let at = quoted ? start + 1 : start;
  while (at < html.length) {
    const skipped = liquid ? endOfLiquid(html, at) : at;
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const char = html[at] ?? '';
    if (quoted ? char === quote : space.test(char) || char === '>') {
      return quoted
        ? { raw: html.slice(start + 1, at), start, end: at + 1 }
        : { raw: html.slice(start, at), start, end: at };
    }
    at++;
  }
  return null;
}

function endOfLiquid(html: string, at: number): number {
  if (html[at] !== '{') return at;
  const close = html[at + 1] === '{' ? '}}' : html[at + 1] === '%' ? '%}' : null;
  if (!close) return at;
  const end = html.indexOf(close, at + 2);
  return end < 0 ? at : end + 2;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00A0' };

/** Text of an attribute as written. Unknown entities stay as they are: `&copy=1` in a query is meant literally. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (whole, dec, hex, name) => {
    if (name) return named[String(name).toLowerCase()] ?? whole;
    const code = dec ? Number(dec) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
  });
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as text and inside either kind of quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);
}
