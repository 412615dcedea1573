/** Who visits: the first-party cookie `sc`, which holds a random id and nothing else. */
import { attempt, guid } from './safely.ts';

const NAME = 'sc';
const DAYS = 400;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function readCookie(name: string): string | null {
  for (const part of document.cookie.split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

function writeCookie(name: string, value: string, seconds: number, domain: string): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  const scope = domain ? `; Domain=${domain}` : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is younger than the browsers this runs in
  document.cookie = `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}${scope}`;
}

/** The broadest domain that takes a cookie, so that www and the shop are one visitor; none for an address or localhost. */
function cookieDomain(): string {
  const host = location.hostname;
  const labels = host.split('.');
  if (labels.length < 2 || /^[\d.]+$|:/.test(host)) return '';
  for (let from = labels.length - 2; from >= 0; from--) {
    const domain = labels.slice(from).join('.');
    writeCookie('sc_probe', '1', 60, domain);
    if (readCookie('sc_probe') === null) continue;
    writeCookie('sc_probe', '', 0, domain);
    return domain;
  }
  return '';
}

export type Visitor = {
  /** The visitor's id; the cookie is made, or lives on for 400 days, when this is first asked on a page. */
  id(): string;
  forget(): void;
};

export function createVisitor(): Visitor {
  let known: string | null = null;
  return {
    id() {
      if (known !== null) return known;
      const found = attempt(() => readCookie(NAME), null);
      known = found !== null && GUID.test(found) ? found.toLowerCase() : guid();
      const value = known;
      // Without cookies the visit is this page only.
      attempt(() => writeCookie(NAME, value, DAYS * 86_400, cookieDomain()), undefined);
      return known;
    },
    forget() {
      known = null;
      attempt(() => {
        for (const domain of ['', cookieDomain()]) writeCookie(NAME, '', 0, domain);
      }, undefined);
    },
  };
}
