/** Segment's HTTP API: batches of track, identify, page and screen calls, from any Segment client. */
import { z } from 'zod';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';
import { type IntakeRow, intakeRow } from './intake-row.ts';
import { type Failure, parseBody, parsePart } from './parse-body.ts';

const id = z.union([z.string(), z.number().transform(String)]).nullish();
const record = z.record(z.string(), z.unknown()).nullish();

const message = z.object({
  type: z.string('type is required'),
  messageId: z.string().max(200).nullish(),
  userId: id,
  anonymousId: id,
  event: z.string().max(200).nullish(),
  name: z.string().max(200).nullish(),
  properties: record,
  traits: record,
  context: z.looseObject({ traits: record }).nullish(),
  timestamp: z.string().nullish(),
  originalTimestamp: z.string().nullish(),
});
type Message = z.infer<typeof message>;

export const batchInput = z.object({
  batch: z.array(z.unknown(), 'batch is required').max(5000, 'At most 5000 messages per batch'),
  sentAt: z.string().nullish(),
});

/** A clock further off than this is corrected by what it said when it sent. */
const SKEW_MS = 60_000;
const FUTURE_MS = 300_000;

/** When it happened, by our clock. */
function instantOf(given: Message, sentAt: number | null, now: number): number {
  const said = parseIsoInstant(given.timestamp ?? given.originalTimestamp ?? '', 'UTC');
  if (said === null) return now;
  const skew = sentAt === null ? 0 : now - sentAt;
  const at = Math.abs(skew) > SKEW_MS ? said + skew : said;
  return at > now + FUTURE_MS || at < 0 ? now : at;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

function valuesOf(given: Message): ContactValues {
  const traits = { ...given.context?.traits, ...given.traits };
  const name = textOf(traits.name)?.trim() ?? '';
  const address = z.record(z.string(), z.unknown()).safeParse(traits.address).data ?? {};
  const pick = (...names: string[]): string | undefined =>
    names.map((key) => textOf(traits[key])).find((value) => value !== undefined);
  return normaliseLeniently({
    externalCustomerId: textOf(given.userId),
    email: pick('email'),
    phone: pick('phone'),
    firstName: pick('firstName', 'first_name', 'firstname') ?? (name.split(' ')[0] || undefined),
    lastName: pick('lastName', 'last_name', 'lastname') ?? (name.split(' ').slice(1).join(' ') || undefined),
    country: textOf(address.country),
    region: textOf(address.state),
    town: textOf(address.city) ?? pick('city'),
    address: textOf(address.street),
    postcode: textOf(address.postalCode),
  });
}

/** The event a message stands for; null for those that say something about the contact only. */
function eventOf(given: Message): { type: string; params: Record<string, unknown> } | null {
  const properties = given.properties ?? {};
  switch (given.type) {
    case 'track':
      return { type: given.event?.trim() ?? '', params: properties };
    case 'page':
      return { type: 'pageViewed', params: given.name ? { name: given.name, ...properties } : properties };
    case 'screen':
      return { type: 'screenView', params: given.name ? { name: given.name, ...properties } : properties };
    default:
      return null;
  }
}

function rowOf(given: Message, at: number): IntakeRow | string {
  const values = valuesOf(given);
  const options = { messageId: given.messageId };
  const anonymous = textOf(given.anonymousId) ?? null;
  const isKnown = Boolean(values.externalCustomerId || values.email || values.phone);
  if (given.type === 'identify') {
    return isKnown
      ? intakeRow({ kind: 'contact', body: { values, source: 'API' } }, options)
      : 'identify needs a userId, or traits with an email or phone';
  }
  const event = eventOf(given);
  if (!event) return `messages of type “${given.type.slice(0, 40)}” are not used`;
  if (event.type === '') return 'event is required';
  if (!isKnown && anonymous === null) return 'userId or anonymousId is required';
  // Traits sent along with an event only tell whom it is about.
  const who = { externalCustomerId: values.externalCustomerId, email: values.email, phone: values.phone };
  return intakeRow(
    {
      kind: 'event',
      body: { values: who, type: event.type, at, keyValue: anonymous, params: event.params, source: 'API' },
    },
    options,
  );
}

/** One row per message that can be taken; the others are told and do not stop them. */
export function parseBatch(
  body: unknown,
  options: { now: number; mayWriteContacts: boolean },
): { rows: IntakeRow[]; rejected: Failure[] } {
  const request = parseBody(batchInput, body);
  const sentAt = parseIsoInstant(request.sentAt ?? '', 'UTC');
  const rows: IntakeRow[] = [];
  const rejected: Failure[] = [];
  for (const [index, one] of request.batch.entries()) {
    const parsed = parsePart(message, one);
    if (!parsed.ok) {
      rejected.push({ index, code: 'invalid_input', field: parsed.error.field || null, message: parsed.error.message });
    } else if (parsed.value.type === 'identify' && !options.mayWriteContacts) {
      rejected.push({ index, code: 'forbidden', field: 'type', message: 'This API key does not allow identify.' });
    } else {
      const row = rowOf(parsed.value, instantOf(parsed.value, sentAt, options.now));
      if (typeof row === 'string') rejected.push({ index, code: 'invalid_input', field: 'type', message: row });
      else rows.push(row);
    }
  }
  return { rows, rejected };
}
