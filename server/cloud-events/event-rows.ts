/** What a CloudEvent is in Muster: an event of the contact that its attributes, its data or its subject name. */
import { createHash } from 'node:crypto';
import { type IntakeRow, intakeRow } from '#server/intake/intake-row.ts';
import { type BodyProblem, type Failure, parsePart } from '#server/intake/parse-body.ts';
import { type Identifier, type IdentifierKind, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';
import { identityOfParams } from '#shared/event/event-input.schema.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { type CloudEvent, cloudEvent } from './cloud-event.schema.ts';

const FUTURE_MS = 300_000;

/** Extension attributes that name a changeable identifier; the others are those of event parameters. */
const changeable: Readonly<Record<string, IdentifierKind>> = {
  anonymousid: 'anonymousId',
  deviceid: 'deviceId',
  webcookie: 'webCookie',
};

type Params = Record<string, unknown>;

function paramsOf({ data, data_base64 }: CloudEvent): Params {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return { ...data };
  if (typeof data_base64 === 'string') return { dataBase64: data_base64 };
  return data === undefined || data === null ? {} : { data };
}

/** An address and a number are recognised by their form; anything else is the shop's own id. */
function valuesOfSubject(subject: string): ContactValues {
  if (subject.includes('@')) return { email: subject };
  return /^\+[\d\s()-]+$/.test(subject) ? { phone: subject } : { externalCustomerId: subject };
}

type Who = { contactId?: number; values: ContactValues; identifiers: Identifier[] };

function whoOf({ extensions, subject }: CloudEvent, params: Params, region: string | null): Who | null {
  // Names are compared without case; what the attributes say comes before what the data says.
  const { contactId, values } = identityOfParams({ ...extensions, ...params, ...extensions });
  const identifiers = Object.entries(changeable).flatMap(([name, kind]) => {
    const found = name in extensions ? normaliseIdentifier(kind, String(extensions[name]), null) : null;
    return found ? [found] : [];
  });
  const named = normaliseLeniently(values, region);
  const isNamed = contactId !== undefined || identifiers.length > 0 || Object.keys(named).length > 0;
  if (isNamed) return { contactId, values: named, identifiers };
  const bySubject = normaliseLeniently(subject ? valuesOfSubject(subject) : {}, region);
  return Object.keys(bySubject).length > 0 ? { values: bySubject, identifiers } : null;
}

/** The pair of source and id names an event once and for all. */
const messageIdOf = ({ source, id }: CloudEvent): string =>
  `cloudevents:${createHash('sha256')
    .update(JSON.stringify([source, id]))
    .digest('base64url')}`;

/** `region`: see MUSTER_DEFAULT_REGION. */
type Options = { now: number; onlyFill: boolean; region: string | null };

function rowOf(event: CloudEvent, { now, onlyFill, region }: Options): Result<IntakeRow, BodyProblem> {
  const params = paramsOf(event);
  const who = whoOf(event, params, region);
  if (who === null) {
    const message =
      'Say whom the event is about: externalcustomerid, email, phone, contactid or anonymousid as an attribute, or the subject.';
    return err({ field: 'subject', message });
  }
  const { id, source, type, subject, dataschema, time, extensions } = event;
  const about = { id, source, ...(subject && { subject }), ...(dataschema && { dataschema }), ...extensions };
  const at = time === null || time > now + FUTURE_MS ? now : time;
  const kept = { ...params, cloudEvent: about };
  const body = { ...who, type, at, keyValue: subject ?? null, params: kept, source: 'API', onlyFill };
  return ok(intakeRow({ kind: 'event', body }, { messageId: messageIdOf(event) }));
}

/** One row per event that can be taken; the others are told and do not stop them. */
export function cloudEventRows(
  events: readonly unknown[],
  options: Options,
): { rows: IntakeRow[]; rejected: Failure[] } {
  const rows: IntakeRow[] = [];
  const rejected: Failure[] = [];
  for (const [index, one] of events.entries()) {
    const parsed = parsePart(cloudEvent, one);
    const row = parsed.ok ? rowOf(parsed.value, options) : parsed;
    if (row.ok) rows.push(row.value);
    else {
      const { field, message } = row.error;
      rejected.push({ index, code: 'invalid_input', field: field || null, message });
    }
  }
  return { rows, rejected };
}
