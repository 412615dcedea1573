/** The form in which an event travels: GeneralInfo, and a block that is named like the event. */

export type Data = Record<string, unknown>;
export type Envelope = { GeneralInfo: Data & { messageId: string } } & Data;

const CONTACT_PARAMETER = 'user_es_contact_id';

/** What a page said of the visitor; joins every later event of the page. */
const personal = ['externalCustomerId', 'user_email', 'user_name', 'user_phone'] as const;
export type Customer = { [K in (typeof personal)[number]]?: string };

const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The block of an event: pages give it by itself, or under the event's name with what belongs beside it. */
export function blocksOf(name: string, data: unknown): Data {
  if (data === undefined || data === null) return { [name]: {} };
  return isData(data) && name in data ? data : { [name]: data };
}

/** Who the visitor says to be, from an event CustomerData. */
export function customerOf(blocks: Data): Customer {
  const block = blocks.CustomerData;
  const found: Customer = {};
  if (!isData(block)) return found;
  for (const key of personal) {
    const value = block[key];
    if ((typeof value === 'string' && value.trim() !== '') || typeof value === 'number') found[key] = String(value);
  }
  return found;
}

/** The contact that a link in a mail was made for. */
export function contactOfLink(): string | undefined {
  return new RegExp(`[?&]${CONTACT_PARAMETER}=(\\d{1,10})\\b`).exec(location.search)?.[1];
}

/** An address without who came by the link. */
function withoutContact(url: string): string {
  return url.replace(new RegExp(`([?&])${CONTACT_PARAMETER}=[^&#]*&?`), '$1').replace(/[?&](?=#|$)/, '');
}

export function pageView(referrer: string): Data {
  return {
    url: withoutContact(location.href).slice(0, 2000),
    title: document.title.slice(0, 300),
    referrer: withoutContact(referrer).slice(0, 2000),
  };
}
