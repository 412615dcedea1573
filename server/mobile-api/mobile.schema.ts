/** What the mobile SDK sends (docs/decisions/0025). Unknown names are allowed: SDKs of other years send more. */
import { z } from 'zod';

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => value?.trim() || undefined);
const names = z
  .array(z.string())
  .nullish()
  .transform((list) => (list ?? []).filter((name) => name.trim() !== ''));
/** Muster's own SDK says which message it is. The original numbers nothing. */
const messageId = z.string().trim().min(1).max(200).nullish();
const id = z.string('deviceId is required').trim().min(1, 'deviceId is required').max(200);

export const deviceInput = z.looseObject({
  deviceId: id,
  externalUserId: text,
  pushToken: text,
  email: text,
  phone: text,
  languageCode: text,
  timeZone: text,
  messageId,
});
export type DeviceInput = z.infer<typeof deviceInput>;

const attributes = z.looseObject({
  email: text,
  phone: text,
  firstName: text,
  lastName: text,
  languageCode: text,
  timeZone: text,
  loyaltyNumber: text,
  address: z.looseObject({ region: text, town: text, address: text, postcode: text }).nullish(),
  fields: z
    .array(z.object({ key: z.string().min(1), value: z.unknown() }))
    .nullish()
    .transform((list) => list ?? []),
});
export const userInput = z.object({
  deviceId: id,
  externalUserId: text,
  userAttributes: z.preprocess((given) => given ?? {}, attributes),
  subscriptionKeys: names,
  groupNamesInclude: names,
  groupNamesExclude: names,
  messageId,
});
export type UserInput = z.infer<typeof userInput>;

const MAX_EVENTS = 1_000;
export const eventsInput = z.object({
  deviceId: id,
  externalUserId: text,
  events: z.array(z.unknown(), 'events is required').max(MAX_EVENTS, `At most ${MAX_EVENTS} events per request`),
});
export const eventInput = z.object({
  eventTypeKey: z.string('eventTypeKey is required').trim().min(1, 'eventTypeKey is required').max(200),
  occurred: z.string().nullish(),
  messageId,
  params: z
    .array(z.object({ name: z.string().min(1).max(200), value: z.unknown() }))
    .nullish()
    .transform((list) => Object.fromEntries((list ?? []).map(({ name, value }) => [name, value]))),
});

export const interactionInput = z.looseObject({
  status: z.enum(['DELIVERED', 'OPENED', 'CLICKED'], 'status is not one of DELIVERED, OPENED, CLICKED'),
  time: z.string().nullish(),
  token: text,
});

export const inAppInput = z.looseObject({
  iid: text,
  messageInstanceId: text,
  time: z.string().nullish(),
  status: z.enum(['OPENED', 'FAILED'], 'status is not one of OPENED, FAILED'),
});

export const recommendationEvents = z.object({
  events: z.array(z.looseObject({ recomVariantId: text }), 'events is required').max(MAX_EVENTS),
});

export const segmentChecks = z.object({
  checks: z
    .array(z.looseObject({ params: z.looseObject({ segmentId: z.unknown() }).nullish() }), 'checks is required')
    .max(100),
});
