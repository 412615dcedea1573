import { type IntakeRow, intakeRow } from '#server/intake/intake-row.ts';
import { type Identifier, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import type { WebEvent } from './web-event.schema.ts';

type Block = Record<string, unknown>;

const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What the event says, flat: the block's own values, and what stands beside it. A list is the event's products; a block
 * Product is the one the event is about.
 */
export function paramsOf({ GeneralInfo: { eventName }, ...blocks }: WebEvent): Block {
  const { [eventName]: own, ...beside } = blocks;
  const block: Block = Array.isArray(own) ? { Products: own } : isBlock(own) ? own : {};
  const { Product, ...rest } = block;
  return { ...beside, ...(isBlock(Product) ? Product : Product === undefined ? {} : { Product }), ...rest };
}

/** Source of events that pages sent. */
const WEB_SOURCE = 'Web';

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** Who the page says the visitor is; of CustomerData it says so in the block. */
function valuesOf(event: WebEvent, region: string | null): ContactValues {
  const { GeneralInfo: info } = event;
  const said = isBlock(event.CustomerData) ? event.CustomerData : {};
  const name = (textOf(said.user_name) ?? info.user_name ?? '').trim().split(/\s+/);
  const given: ContactValues = {
    externalCustomerId: textOf(said.externalCustomerId) ?? info.externalCustomerId,
    email: textOf(said.user_email) ?? info.user_email,
    phone: textOf(said.user_phone) ?? info.user_phone,
    firstName: name[0] || undefined,
    lastName: name.slice(1).join(' ') || undefined,
  };
  return normaliseLeniently(given, region);
}

const FUTURE_MS = 300_000;
/** What waited longer in a browser is not believed to be that old. */
const PAST_MS = 30 * 86_400_000;

/** When it happened: by the visitor's clock where that is believable. */
function instantOf(said: number | null | undefined, now: number): number {
  return said && said > now - PAST_MS && said <= now + FUTURE_MS ? Math.min(said, now) : now;
}

/**
 * The row of the log. Everything of one browser goes by one lane, that of its cookie: what somebody did before they said
 * who they are is applied before it. `region`: see MUSTER_DEFAULT_REGION.
 */
export function webEventRow(event: WebEvent, now: number, region: string | null): IntakeRow {
  const { GeneralInfo: info } = event;
  const cookie = info.cookies?.sc ? normaliseIdentifier('webCookie', info.cookies.sc, null) : null;
  const values = valuesOf(event, region);
  const isNamed = Boolean(values.externalCustomerId || values.email || values.phone);
  // A link's contact is believed only where the page does not know better.
  const fromLink = /^[1-9]\d{0,9}$/.test(info.user_es_contact_id ?? '') ? Number(info.user_es_contact_id) : undefined;
  const identifiers: Identifier[] = cookie ? [cookie] : [];
  return intakeRow(
    {
      kind: 'event',
      body: {
        contactId: isNamed ? undefined : fromLink,
        values,
        identifiers,
        type: info.eventName,
        at: instantOf(info.datetime, now),
        keyValue: null,
        params: paramsOf(event),
        source: WEB_SOURCE,
        // Nobody vouches for what a page says.
        onlyFill: true,
      },
    },
    { messageId: info.messageId ? `web:${info.messageId}` : null, lane: cookie?.value ?? null },
  );
}
