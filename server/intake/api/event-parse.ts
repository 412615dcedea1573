/** From an event of the API to a row of the log. */
import { type IntakeRow, intakeRow } from '#server/intake/intake-row.ts';
import { parseBody } from '#server/intake/parse-body.ts';
import { type Identifier, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { type ContactValues, type FieldProblem, normaliseLeniently } from '#shared/contact/normalise.ts';
import {
  type EventIdentity,
  type EventInput,
  eventInputV1,
  eventInputV3,
  identityOfParams,
} from '#shared/event/event-input.schema.ts';
import type { EventType } from '#shared/event/event-type.schema.ts';
import { mappedContactValues } from '#shared/event/parameter-mapping.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** v1 and v2 send parameters as a list of names and values, v3 as an object. */
export type EventVersion = 'list' | 'object';

export const eventSchema = (version: EventVersion) => (version === 'object' ? eventInputV3 : eventInputV1);

/** Whom a key value means when no parameter says it: an address or a number is recognised by its form. */
function valuesOfKey(key: string): ContactValues {
  return key.includes('@') ? { email: key } : key.startsWith('+') ? { phone: key } : {};
}

/** A push subscription of a browser is an address; an app's token is not. */
function tokenOf({ pushToken }: EventIdentity): Identifier[] {
  if (!pushToken) return [];
  const found = normaliseIdentifier(pushToken.startsWith('https://') ? 'webPushToken' : 'mobileToken', pushToken, null);
  return found ? [found] : [];
}

export function readEvent(body: unknown, version: EventVersion): EventInput {
  return version === 'object' ? parseBody(eventInputV3, body) : parseBody(eventInputV1, body);
}

type RowOptions = {
  at: number;
  source: string;
  onlyFill: boolean;
  /** See MUSTER_DEFAULT_REGION. */
  region: string | null;
  mapping?: EventType['mapping'];
};

/** Throws when nothing says whom the event is about. The type's mapping may say so too, by names of its own. */
export function eventRow(event: EventInput, options: RowOptions): IntakeRow {
  const identity = identityOfParams(event.params);
  const ignored: FieldProblem[] = [];
  let values: ContactValues = {
    ...normaliseLeniently(identity.values, options.region, (problem) => ignored.push(problem)),
    ...mappedContactValues(options.mapping ?? [], event.params, {
      onlyIdentifying: true,
      region: options.region,
    }),
  };
  const identifiers = tokenOf(identity);
  const keyValue = event.keyValue?.trim() || null;
  const isKnown = identity.contactId !== undefined || Object.keys(values).length > 0 || identifiers.length > 0;
  if (!isKnown && keyValue) values = normaliseLeniently(valuesOfKey(keyValue), options.region);
  if (!isKnown && !keyValue) {
    const [problem] = ignored;
    const message =
      problem?.message ??
      'Say whom the event is about: contactId, externalCustomerId, email, phone or pushToken in params, or keyValue.';
    throw new UserError('invalid_input', message, problem ? `params.${problem.field}` : 'params');
  }
  return intakeRow({
    kind: 'event',
    body: {
      contactId: identity.contactId,
      values,
      identifiers,
      type: event.eventTypeKey,
      at: options.at,
      keyValue,
      params: event.params,
      source: options.source,
      onlyFill: options.onlyFill,
    },
  });
}
