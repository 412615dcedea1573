/** From what the mobile SDK sends to rows of the intake log. */
import { createHash } from 'node:crypto';
import type { FieldMatcher } from '#server/contacts/field-matcher.ts';
import { type IntakeRow, intakeRow } from '#server/intake/intake-row.ts';
import { type Failure, parsePart } from '#server/intake/parse-body.ts';
import { type Identifier, type IdentifierKind, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import { parseIsoInstant } from '#shared/kernel/instant-text.ts';
import { type DeviceInput, eventInput, type UserInput } from './mobile.schema.ts';

const FUTURE_MS = 300_000;
const SOURCE = 'Mobile';

type Params = Record<string, unknown>;
export type Device = {
  deviceId?: string;
  externalUserId?: string;
  pushToken?: string;
  /** What comes with this app's key replaces nothing (see onlyFills). */
  onlyFill: boolean;
  /** See MUSTER_DEFAULT_REGION. */
  region: string | null;
};
export type Reading = { now: number; matchFields: FieldMatcher; onlyFill: boolean; region: string | null };
type Event = { type: string; at: number; params: Params; keyValue?: string; messageId?: string | null };

const identifiersOf = ({ deviceId, pushToken }: Pick<Device, 'deviceId' | 'pushToken'>): Identifier[] => {
  const given: [IdentifierKind, string | undefined][] = [
    ['mobileToken', pushToken],
    ['deviceId', deviceId],
  ];
  return given.flatMap(([kind, value]) => (value && normaliseIdentifier(kind, value, null)) || []);
};

/** When the app says it happened; now, when it says nothing we can believe. */
export function instantOf(text: string | null | undefined, now: number): number {
  const at = text ? parseIsoInstant(text, 'UTC') : null;
  return at === null || at < 0 || at > now + FUTURE_MS ? now : at;
}

/** The SDK repeats what got no answer and numbers nothing: the same word of the same device is the same message. */
const messageIdOf = (parts: unknown): string =>
  `mobile:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;

/** The same for what an SDK numbers itself; what becomes of the message tells its rows apart. */
const ownId = (device: Device, messageId: string | null | undefined, row: IntakeRow['kind']): string | null =>
  messageId ? messageIdOf([device.deviceId, messageId, row]) : null;

export function eventRow(device: Device, event: Event, values?: ContactValues): IntakeRow {
  const { type, at, params, keyValue, messageId } = event;
  const { deviceId, externalUserId, pushToken } = device;
  const body = {
    values: values ?? normaliseLeniently({ externalCustomerId: externalUserId }, device.region),
    identifiers: identifiersOf(device),
    type,
    at,
    keyValue: keyValue ?? deviceId ?? null,
    params,
    source: SOURCE,
    onlyFill: device.onlyFill,
  };
  return intakeRow(
    { kind: 'event', body },
    {
      messageId:
        ownId(device, messageId, 'event') ??
        messageIdOf([deviceId, externalUserId, pushToken, type, at, params, keyValue]),
    },
  );
}

/** A device tells of itself: it and its token belong to this person from now on. What it is, is kept in an event. */
export function deviceRows(given: DeviceInput, { now, onlyFill, region }: Omit<Reading, 'matchFields'>): IntakeRow[] {
  const { deviceId, externalUserId, pushToken, email, phone, languageCode, timeZone, messageId, ...about } = given;
  const device = { deviceId, externalUserId, pushToken, onlyFill, region };
  const values = normaliseLeniently(
    { externalCustomerId: externalUserId, email, phone, languageCode, timeZone },
    region,
  );
  const identifiers = identifiersOf(device);
  return [
    intakeRow(
      { kind: 'contact', body: { values, identifiers, source: SOURCE, onlyFill } },
      { messageId: ownId(device, messageId, 'contact') },
    ),
    eventRow(device, { type: 'deviceUpdated', at: now, params: { deviceId, ...about }, messageId }, values),
  ];
}

/**
 * The SDK sends only what changed: what is not there stays as it is. What no field takes is kept in an event; so are the
 * lists and subscriptions where the key may not touch any.
 */
export function userRows(
  given: UserInput,
  { now, matchFields, onlyFill, region: defaultRegion }: Reading,
): IntakeRow[] {
  const { deviceId, externalUserId, userAttributes, subscriptionKeys, messageId } = given;
  const { groupNamesInclude, groupNamesExclude } = given;
  const { address, fields: additional, ...attributes } = userAttributes;
  const { email, phone, firstName, lastName, languageCode, timeZone, loyaltyNumber, ...others } = attributes;
  const loyalty = loyaltyNumber ? normaliseIdentifier('loyaltyNumber', loyaltyNumber, null) : null;
  const ignored: Params = {};
  const plain = { email, phone, firstName, lastName, languageCode, timeZone };
  const { region, town, address: street, postcode } = address ?? {};
  const values = normaliseLeniently(
    { externalCustomerId: externalUserId, ...plain, region, town, address: street, postcode },
    defaultRegion,
    ({ field, message }) => {
      ignored[field] = message;
    },
  );
  const byKey = Object.fromEntries(additional.map(({ key, value }) => [key, value]));
  const { fields, rest } = matchFields({ ...others, ...byKey });
  const named = groupNamesInclude.length + groupNamesExclude.length > 0;
  const subscriptions = subscriptionKeys.length > 0 && !onlyFill ? { keys: subscriptionKeys, at: now } : null;
  const lists = named && !onlyFill ? { add: groupNamesInclude, remove: groupNamesExclude } : null;
  const device = { deviceId, externalUserId, onlyFill, region: defaultRegion };
  const identifiers = [...(loyalty ? [loyalty] : []), ...identifiersOf(device)];
  const rows = [
    intakeRow(
      {
        kind: 'contact',
        body: { values, identifiers, fields, lists, subscriptions, source: SOURCE, onlyFill },
      },
      { messageId: ownId(device, messageId, 'contact') },
    ),
  ];
  const params = {
    ...rest,
    ...(Object.keys(ignored).length > 0 && { ignored }),
    ...(subscriptionKeys.length > 0 && onlyFill && { subscriptionKeys }),
    ...(named && onlyFill && { groupNamesInclude, groupNamesExclude }),
  };
  if (Object.keys(params).length > 0) {
    rows.push(eventRow(device, { type: 'userUpdated', at: now, params, messageId }, values));
  }
  return rows;
}

/** One row per event that can be taken; an SDK throws away what is answered 4xx, so one bad event stops no others. */
export function eventRows(
  device: Device,
  events: readonly unknown[],
  now: number,
): { rows: IntakeRow[]; rejected: Failure[] } {
  const rows: IntakeRow[] = [];
  const rejected: Failure[] = [];
  for (const [index, one] of events.entries()) {
    const parsed = parsePart(eventInput, one);
    if (parsed.ok) {
      const { eventTypeKey, occurred, params, messageId } = parsed.value;
      rows.push(eventRow(device, { type: eventTypeKey, at: instantOf(occurred, now), params, messageId }));
    } else {
      const { field, message } = parsed.error;
      rejected.push({ index, code: 'invalid_input', field: field || null, message });
    }
  }
  return { rows, rejected };
}
