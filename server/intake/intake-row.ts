/** What waits in the intake log: already validated and normalised, so that the worker only resolves and writes. */
import { z } from 'zod';
import { bucketOf } from '#server/identity/buckets.ts';
import { identifiersOf } from '#server/identity/contact-record.ts';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { identifierKinds } from '#shared/contact/identifiers.ts';
import { isSystemType } from '#shared/event/system-events.ts';
import { storableJson } from '#shared/kernel/storable-json.ts';

const values = z.partialRecord(z.enum(writableContactFields), z.string().nullable());
const contactId = z.int().nullish();
/** What every row may tell about its contact; see ContactWrite. */
const person = {
  values,
  identifiers: z.array(z.object({ kind: z.enum(identifierKinds), value: z.string() })).nullish(),
  fields: z.record(z.string(), z.unknown()).nullish(),
  onlyFill: z.boolean().nullish(),
};

/** The bulk request it came with, and its place there. */
const session = z.object({ id: z.string(), item: z.int() }).nullish();

const contactPayload = z.object({
  contactId,
  ...person,
  matchOn: z.array(z.enum(identifierKinds)).nullish(),
  restoreDeleted: z.boolean().nullish(),
  freshAct: z.boolean().nullish(),
  source: z.string(),
  /** Whose additional field has this value is meant. */
  byField: z.object({ id: z.string(), value: z.string() }).nullish(),
  /** Names of lists to come into (made when nobody has made them) and to leave. */
  lists: z.object({ add: z.array(z.string()), remove: z.array(z.string()) }).nullish(),
  /** Keys of categories that the person chose in an app, and when: taken as far as decideConsent lets them. */
  subscriptions: z.object({ keys: z.array(z.string()), at: z.number() }).nullish(),
  /** An event of this type happens to a contact that this row makes. */
  eventForNew: z.string().nullish(),
  session,
});
const eventPayload = z.object({
  contactId,
  ...person,
  type: z.string(),
  at: z.number(),
  keyValue: z.string().nullable(),
  params: z.record(z.string(), z.unknown()),
  source: z.string(),
});
const orderPayload = z.object({
  ...person,
  session,
  externalOrderId: z.string(),
  at: z.number(),
  status: z.string(),
  currency: z.string().nullable(),
  extra: z.record(z.string(), z.unknown()),
  lines: z.array(
    z.object({
      item: z.string(),
      name: z.string(),
      category: z.string().nullable(),
      quantity: z.number(),
      price: z.number(),
      extra: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});

export const intakePayload = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('contact'), body: contactPayload }),
  z.object({ kind: z.literal('event'), body: eventPayload }),
  z.object({ kind: z.literal('order'), body: orderPayload }),
]);
export type IntakePayload = z.infer<typeof intakePayload>;

export type IntakeRow = {
  bucket: number;
  kind: IntakePayload['kind'];
  /** JSON text of the body. */
  payload: string;
  /** A row with the id of one seen in the last 30 days is acknowledged and ignored. */
  messageId: string | null;
};

/** What Muster raises itself nobody outside can: such an event is kept under a name that says so. */
function fromOutside(payload: IntakePayload): IntakePayload {
  if (payload.kind !== 'event' || !isSystemType(payload.body.type)) return payload;
  return { kind: 'event', body: { ...payload.body, type: `sent.${payload.body.type}` } };
}

/**
 * The row for the log. Its lane is that of the first identifier in matching order, so that what concerns one identity
 * stays in order; what identifies nobody goes by its own key. `lane` names another order to keep.
 */
export function intakeRow(
  payload: IntakePayload,
  options: { messageId?: string | null; lane?: string | null } = {},
): IntakeRow {
  const { kind, body } = fromOutside(payload);
  const [first] = [...identifiersOf(body.values), ...(body.identifiers ?? [])];
  const own =
    kind === 'event'
      ? `${body.contactId ?? body.keyValue ?? body.type}`
      : kind === 'order'
        ? body.externalOrderId
        : `${body.contactId}`;
  return {
    bucket: bucketOf(options.lane ?? first?.value ?? own),
    kind,
    payload: storableJson(body),
    messageId: options.messageId ?? null,
  };
}
