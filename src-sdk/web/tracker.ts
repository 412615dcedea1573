import { createConsent } from './consent.ts';
import { blocksOf, type Customer, contactOfLink, customerOf, type Envelope, pageView } from './event.ts';
import { createOutbox } from './outbox.ts';
import { onNavigation } from './page-views.ts';
import { guid, safely } from './safely.ts';
import { createVisitor } from './visitor.ts';

/** What the server writes in front of the script. */
export type SiteConfig = { id: string; url: string; consent: 'none' | 'required' };

/** eS('init', …), eS('sendEvent', …), …: each call of the page, also those from before the script was there. */
export type Call = ArrayLike<unknown>;

/** Events from before an answer about consent; the newest are kept, in memory only. */
const MOST_HELD = 20;
const LONGEST_NAME = 200;

type Held = { name: string; data: unknown; at: number };

export function createTracker(site: SiteConfig): (call: Call) => void {
  const consent = createConsent(site.consent === 'required');
  const visitor = createVisitor();
  const outbox = createOutbox(site.url);
  let customer: Customer = {};
  let held: Held[] = [];
  let begun = false;
  let shownPage = document.referrer;

  function send({ name, data, at }: Held): void {
    const blocks = blocksOf(name, data);
    if (name === 'CustomerData') customer = customerOf(blocks);
    const contact = contactOfLink();
    const info = {
      eventName: name,
      siteId: site.id,
      datetime: at,
      ...customer,
      ...(contact === undefined ? {} : { user_es_contact_id: contact }),
      cookies: { sc: visitor.id() },
      messageId: guid(),
    };
    const event: Envelope = { ...blocks, GeneralInfo: info };
    outbox.add(event);
  }

  function record(name: string, data: unknown): void {
    const event = { name, data, at: Date.now() };
    if (consent.given()) send(event);
    else held = [...held, event].slice(-MOST_HELD);
  }

  function recordPage(): void {
    record('PageView', pageView(shownPage));
    shownPage = location.href;
  }

  function init(options: unknown): void {
    if (begun) return;
    begun = true;
    if (consent.given()) outbox.start();
    recordPage();
    const isOff = typeof options === 'object' && options !== null && 'TRACKING' in options && !options.TRACKING;
    if (!isOff) onNavigation(recordPage);
  }

  function answerConsent(yes: boolean): void {
    consent.answer(yes);
    const waiting = held;
    held = [];
    if (!yes) {
      customer = {};
      outbox.clear();
      visitor.forget();
    } else if (consent.given()) for (const event of waiting) send(event);
  }

  return (call) => {
    safely(() => {
      const [command, first, second] = Array.from(call);
      if (command === 'init') init(first);
      else if (command === 'consent') answerConsent(first === true);
      else if (command === 'sendEvent' && typeof first === 'string' && first !== '') {
        record(first.slice(0, LONGEST_NAME), second);
      } else if (command === 'getRecommendations' && typeof second === 'function') {
        // None are made yet: the page shows what it shows without them.
        setTimeout(() => safely(() => second(null, [])), 0);
      }
    });
  };
}
