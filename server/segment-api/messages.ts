/** What Segment messages are in Muster: rows of the intake log. */

import type { FieldMatcher, MatchedFields } from '#server/contacts/field-matcher.ts';
import { type IntakeRow, intakeRow } from '#server/intake/intake-row.ts';
import { type BodyProblem, type Failure, parseBody, parsePart } from '#server/intake/parse-body.ts';
import { type Identifier, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { batchInput, type Message, message } from './message.schema.ts';
import { messageInstant } from './message-time.ts';
import { readTraits } from './traits.ts';

export const MAX_MESSAGE_BYTES = 32 * 1024;

type Params = Record<string, unknown>;
type Who = {
  values: ContactValues;
  identifiers: Identifier[];
  fields?: MatchedFields['fields'];
  onlyFill: boolean;
};
/** `onlyFill`: what comes with this key replaces nothing (see onlyFills). `region`: see MUSTER_DEFAULT_REGION. */
export type Reading = { now: number; matchFields: FieldMatcher; onlyFill: boolean; region: string | null };

/** Kept with each event where the client tells it; addresses of the network and of the browser are not. */
const keptContext = ['campaign', 'page', 'app', 'device', 'os'] as const;

function contextOf({ context, type }: Message): Params {
  const kept = keptContext.filter((name) => context[name] !== undefined && !(name === 'page' && type === 'page'));
  return kept.length > 0 ? { context: Object.fromEntries(kept.map((name) => [name, context[name]])) } : {};
}

const recordOf = (value: unknown): Params => (typeof value === 'object' && value !== null ? { ...value } : {});
const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined;

/** The changeable identifiers a message carries: its anonymous visitor, its device, where pushes reach it. */
function identifiersIn(given: Message): Identifier[] {
  const device = recordOf(given.context.device);
  const found: [Identifier['kind'], string | undefined][] = [
    ['anonymousId', given.anonymousId],
    ['deviceId', textOf(device.id)],
    ['mobileToken', textOf(device.token)],
  ];
  return found.flatMap(([kind, value]) => (value && normaliseIdentifier(kind, value, null)) || []);
}

/** The event a message stands for. */
function eventOf(given: Message): Result<{ type: string; params: Params }, BodyProblem> {
  const named = { ...(given.name && { name: given.name }), ...(given.category && { category: given.category }) };
  switch (given.type) {
    case 'track':
      return given.event
        ? ok({ type: given.event, params: given.properties })
        : err({ field: 'event', message: 'event is required' });
    case 'page':
      return ok({ type: 'pageViewed', params: { ...named, ...given.properties } });
    case 'screen':
      return ok({ type: 'screenView', params: { ...named, ...given.properties } });
    case 'group':
      return given.groupId
        ? ok({ type: 'group', params: { ...given.traits, groupId: given.groupId } })
        : err({ field: 'groupId', message: 'groupId is required' });
    case 'alias':
      return given.previousId
        ? ok({ type: 'alias', params: { previousId: given.previousId } })
        : err({ field: 'previousId', message: 'previousId is required' });
    case 'identify':
      return ok({ type: 'identify', params: {} });
  }
}

/** identify writes the contact; traits that no field takes are kept in an event, which writes the contact likewise. */
function identifyRow(given: Message, at: number, { matchFields, onlyFill, region }: Reading): IntakeRow {
  const traits = readTraits({ ...recordOf(given.context.traits), ...given.traits }, given.userId, region);
  const { fields, rest } = matchFields(traits.rest);
  const identifiers = [...traits.identifiers, ...identifiersIn(given)];
  const who = { values: traits.values, identifiers, fields, onlyFill };
  const options = { messageId: given.messageId };
  if (Object.keys(rest).length === 0) {
    return intakeRow({ kind: 'contact', body: { ...who, source: 'API' } }, options);
  }
  return eventRow(given, who, { type: 'identify', at, params: rest });
}

function eventRow(given: Message, who: Who, event: { type: string; at: number; params: Params }): IntakeRow {
  const body = { ...who, ...event, keyValue: given.anonymousId ?? null, source: 'API' };
  return intakeRow({ kind: 'event', body }, { messageId: given.messageId });
}

/** Traits sent along with an event only tell whom it is about. */
function whoOf(given: Message, { onlyFill, region }: Reading): Who {
  const traits = { ...recordOf(given.context.traits), ...(given.type === 'group' ? {} : given.traits) };
  const { values } = readTraits({ email: traits.email, phone: traits.phone }, given.userId, region);
  const identifiers = identifiersIn(given);
  // The one before is the same person, if it was nobody known: two External IDs never become one contact.
  const before =
    given.type === 'alias' && given.previousId && normaliseIdentifier('anonymousId', given.previousId, null);
  if (before) identifiers.push(before);
  return { values, identifiers, onlyFill };
}

function rowOf(given: Message, at: number, reading: Reading): Result<IntakeRow, BodyProblem> {
  const who = whoOf(given, reading);
  if (Object.keys(who.values).length === 0 && given.anonymousId === undefined) {
    return err({ field: 'userId', message: 'userId or anonymousId is required' });
  }
  if (given.type === 'alias' && given.userId === undefined) {
    return err({ field: 'userId', message: 'userId is required' });
  }
  if (given.type === 'identify') return ok(identifyRow(given, at, reading));
  const event = eventOf(given);
  if (!event.ok) return event;
  const { type, params } = event.value;
  return ok(eventRow(given, who, { type, at, params: { ...params, ...contextOf(given) } }));
}

const isTooLarge = (one: unknown): boolean => Buffer.byteLength(JSON.stringify(one)) > MAX_MESSAGE_BYTES;

/** One row per message that can be taken; the others are told and do not stop them. */
export function parseBatch(body: unknown, reading: Reading): { rows: IntakeRow[]; rejected: Failure[] } {
  const { batch, sentAt } = parseBody(batchInput, body);
  const rows: IntakeRow[] = [];
  const rejected: Failure[] = [];
  const reject = (index: number, { field, message: text }: BodyProblem): void => {
    rejected.push({ index, code: 'invalid_input', field: field || null, message: text });
  };
  for (const [index, one] of batch.entries()) {
    if (isTooLarge(one)) {
      reject(index, { field: '', message: 'A message may have at most 32 KB.' });
      continue;
    }
    const parsed = parsePart(message, one);
    if (!parsed.ok) {
      reject(index, parsed.error);
      continue;
    }
    const row = rowOf(parsed.value, messageInstant(parsed.value, sentAt, reading.now), reading);
    if (row.ok) rows.push(row.value);
    else reject(index, row.error);
  }
  return { rows, rejected };
}
