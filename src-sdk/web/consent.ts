/**
 * May this visitor be followed? Until the answer is yes nothing is stored in the browser and nothing is sent. A browser
 * that sends Global Privacy Control is asked for consent on every site, also where the site itself does not ask.
 */
import { attempt } from './safely.ts';

declare global {
  interface Navigator {
    globalPrivacyControl?: boolean;
  }
}

const KEY = 'es_consent';
const STAFF_KEY = 'es_staff';

export type Consent = {
  given(): boolean;
  answer(yes: boolean): void;
};

const stored = (key: string): string | null => attempt(() => localStorage.getItem(key), null);
const keep = (key: string, value: string | null): void =>
  attempt(() => (value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value)), undefined);

export function createConsent(siteAsks: boolean): Consent {
  const asks = siteAsks || navigator.globalPrivacyControl === true;
  let answered: boolean | null = null;
  return {
    given() {
      if (isStaff()) return false;
      if (answered !== null) return answered;
      const before = stored(KEY);
      return before === null ? !asks : before === '1';
    },
    answer(yes) {
      answered = yes;
      // Where nobody is followed unasked, a no needs no note.
      keep(KEY, yes ? '1' : asks ? null : '0');
    },
  };
}

/** A browser that opened a page with ?es_staff=1 once is not followed until it opens one with ?es_staff=0. */
function isStaff(): boolean {
  const [, said] = /[?&]es_staff=([01])\b/.exec(location.search) || [];
  if (said !== undefined) keep(STAFF_KEY, said === '1' ? '1' : null);
  return said === undefined ? stored(STAFF_KEY) === '1' : said === '1';
}
