/** POST /v1/event … /v3/event: from their bodies to a row of the log. */

import { type ContactValues, type FieldProblem, normaliseLeniently } from '#shared/contact/normalise.ts';
import { type EventIdentity, eventInputV1, eventInputV3, identityOfParams } from '#shared/event/event-input.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type IntakeRow, intakeRow } from './intake-row.ts';
import { parseBody } from './parse-body.ts';

/** Whom a key value means when no parameter says it: an address or a number is recognised by its form. */
function valuesOfKey(key: string): ContactValues {
  return key.includes('@') ? { email: key } : key.startsWith('+') ? { phone: key } : {};
}

export function parseEvent(body: unknown, version: 1 | 3, now: number): IntakeRow {
  const event = version === 3 ? parseBody(eventInputV3, body) : parseBody(eventInputV1, body);
  const identity: EventIdentity = identityOfParams(event.params);
  const ignored: FieldProblem[] = [];
  let values: ContactValues = normaliseLeniently(identity.values, (problem) => ignored.push(problem));
  const keyValue = event.keyValue?.trim() || null;
  const isKnown = identity.contactId !== undefined || Object.keys(values).length > 0;
  if (!isKnown && keyValue) values = normaliseLeniently(valuesOfKey(keyValue));
  if (!isKnown && !keyValue) {
    const [problem] = ignored;
    const message =
      problem?.message ??
      'Say whom the event is about: contactId, externalCustomerId, email or phone in params, or keyValue.';
    throw new UserError('invalid_input', message, problem ? `params.${problem.field}` : 'params');
  }
  return intakeRow({
    kind: 'event',
    body: {
      contactId: identity.contactId,
      values,
      type: event.eventTypeKey,
      at: now,
      keyValue,
      params: event.params,
      source: 'API',
    },
  });
}
