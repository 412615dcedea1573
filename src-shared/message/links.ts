import { decodeEntities, escapeHtml, scanTags } from './html-scan.ts';

export type MessageLink = { url: string; problem: string | null };

/**
 * Every `<a href>` of a message's HTML, in order, each address once, with what is wrong with it in words.
 * Works on the source: addresses may still hold Liquid.
 */
export function extractLinks(html: string): MessageLink[] {
  const urls = new Set<string>();
  for (const tag of scanTags(html, { liquid: true })) {
    if (tag.name !== 'a') continue;
    const href = tag.attributes.find((attribute) => attribute.name === 'href');
    if (href) urls.add(decodeEntities(href.raw).trim());
  }
  return [...urls].map((url) => ({ url, problem: linkProblem(url) }));
}

/** What is wrong with a link's address, in words; null when nothing is. */
export function linkProblem(url: string): string | null {
  if (url === '') return 'The link has no address';
  if (url.startsWith('#')) return 'The link goes nowhere: "#" means nothing in an email';
  if (url.startsWith('{{') || url.startsWith('{%')) return null;
  // Browsers drop control characters and spaces inside a scheme, so they must not hide one here.
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url.replace(/[\p{Cc} ]/gu, ''))?.[1]?.toLowerCase();
  if (!scheme) return 'The link is relative: write the full address, starting with https://';
  if (scheme === 'javascript' || scheme === 'vbscript' || scheme === 'data') {
    return 'The link runs a script: mail programs remove it';
  }
  if (scheme === 'mailto' || scheme === 'tel' || scheme === 'sms') return null;
  if (scheme !== 'http' && scheme !== 'https') return `The link starts with ${scheme}: — mail programs may not open it`;
  if (!/^https?:\/\/[^\s/?#]/i.test(url)) return 'The address is not valid';
  return scheme === 'http' ? 'The link is not encrypted: use https:// where the site allows it' : null;
}

/** Only these are worth following through a redirect; everything else stays as it is written. */
export function isTrackable(url: string): boolean {
  return /^https?:\/\/[^\s/?#]/i.test(url);
}

/**
 * Replaces addresses of `<a href>` and nothing else. `map` gets the address as a reader would follow it and answers the
 * new one, or null to leave the link untouched.
 */
export function rewriteLinks(html: string, map: (url: string) => string | null): string {
  let result = '';
  let copied = 0;
  for (const tag of scanTags(html, { liquid: false })) {
    if (tag.name !== 'a') continue;
    // A second href is ignored by every reader, so it is left alone here too.
    const href = tag.attributes.find((attribute) => attribute.name === 'href');
    if (!href || href.start === href.end) continue;
    const target = map(decodeEntities(href.raw).trim());
    if (target === null) continue;
    result += `${html.slice(copied, href.start)}"${escapeHtml(target)}"`;
    copied = href.end;
  }
  return result + html.slice(copied);
}

/** Whether some `<a href>` leads to exactly this address. */
export function hasLink(html: string, url: string): boolean {
  return scanTags(html, { liquid: false }).some(
    (tag) =>
      tag.name === 'a' &&
      decodeEntities(tag.attributes.find((attribute) => attribute.name === 'href')?.raw ?? '').trim() === url,
  );
}
