import { z } from 'zod';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { isSystemType } from './system-events.ts';

const key = z
  .string('eventTypeKey is required')
  .trim()
  .min(1, 'eventTypeKey is required')
  .max(200, 'eventTypeKey is longer than 200 characters')
  .refine((text) => !isSystemType(text), 'eventTypeKey: types that begin with “muster.” are raised by Muster itself');
const keyValue = z
  .union([z.string(), z.number().transform(String)], 'is not a text')
  .pipe(z.string().max(500, 'keyValue is longer than 500 characters'))
  .nullish();

/** POST /v3/event: params is a flat JSON object. */
export const eventInputV3 = z.object({
  eventTypeKey: key,
  keyValue,
  params: z
    .record(z.string().max(200, 'a name is longer than 200 characters'), z.unknown(), 'is not an object')
    .default({}),
});

/** POST /v1/event and /v2/event: params is a list of names and values. */
export const eventInputV1 = z.object({
  eventTypeKey: key,
  keyValue,
  params: z
    .array(
      z.object({
        name: z.string('is required').min(1, 'is empty').max(200, 'is longer than 200 characters'),
        value: z.unknown(),
      }),
      'is not a list of {name, value}',
    )
    .nullish()
    .transform((params) => Object.fromEntries((params ?? []).map(({ name, value }) => [name, value]))),
});

export type EventInput = z.infer<typeof eventInputV3>;

/** Event parameters that identify the contact; names are compared without case. */
const identifying: Record<string, 'contactId' | 'externalCustomerId' | 'email' | 'phone' | 'pushToken'> = {
  contactid: 'contactId',
  externalcustomerid: 'externalCustomerId',
  email: 'email',
  emailaddress: 'email',
  useremail: 'email',
  contactemail: 'email',
  phone: 'phone',
  sms: 'phone',
  phonenumber: 'phone',
  pushtoken: 'pushToken',
};

export type EventIdentity = {
  contactId?: number;
  pushToken?: string;
  values: Pick<ContactValues, 'externalCustomerId' | 'email' | 'phone'>;
};

/** Who an event is about, from its parameters. */
export function identityOfParams(params: Record<string, unknown>): EventIdentity {
  const identity: EventIdentity = { values: {} };
  for (const [name, value] of Object.entries(params)) {
    const means = identifying[name.toLowerCase()];
    if (!means || (typeof value !== 'string' && typeof value !== 'number')) continue;
    const text = String(value).trim();
    if (text === '') continue;
    if (means === 'pushToken') identity.pushToken ??= text;
    else if (means !== 'contactId') identity.values[means] ??= text;
    else if (/^[1-9]\d{0,9}$/.test(text)) identity.contactId ??= Number(text);
  }
  return identity;
}
