import { z } from 'zod';
import type { PrimaryKind } from './identifiers.ts';
import type { ContactValues } from './normalise.ts';

/** Identifiers and texts arrive as strings or numbers; both mean the same text. */
const text = z.union([z.string(), z.number().transform(String)]).nullish();

/** A contact as the public API takes it; unknown members are ignored. */
export const contactInput = z.object({
  id: z.coerce.number().int().min(1).nullish(),
  externalCustomerId: text,
  firstName: text,
  lastName: text,
  languageCode: text,
  timeZone: text,
  channels: z
    .array(z.object({ type: z.string(), value: z.union([z.string(), z.number().transform(String)]) }))
    .max(50)
    .nullish(),
  address: z.object({ country: text, region: text, town: text, address: text, postcode: text }).partial().nullish(),
});
export type ContactInput = z.infer<typeof contactInput>;

export const dedupeKeys = ['externalCustomerId', 'email', 'sms', 'email_or_sms', 'id', 'fieldId'] as const;

export const contactsInput = z.object({
  contacts: z.array(z.unknown()).min(1, 'Give at least one contact').max(3000, 'At most 3000 contacts per request'),
  dedupeOn: z.enum(dedupeKeys).nullish(),
  /** Fields this request may write; a listed field that a contact lacks is cleared. */
  contactFields: z.array(z.string()).nullish(),
});

/** Which identifiers find the contact, in order, for each dedupeOn. */
export const matchingOrder: Record<(typeof dedupeKeys)[number], readonly PrimaryKind[]> = {
  externalCustomerId: ['externalCustomerId', 'email', 'phone'],
  email: ['email', 'externalCustomerId'],
  sms: ['phone', 'externalCustomerId'],
  email_or_sms: ['email', 'phone', 'externalCustomerId'],
  id: ['externalCustomerId', 'email', 'phone'],
  fieldId: [],
};

/** The values of a contact of the API, not yet normalised. */
export function contactInputValues(input: ContactInput): ContactValues {
  const channel = (type: string): string | undefined =>
    input.channels?.find((channel) => channel.type.toLowerCase() === type && channel.value.trim() !== '')?.value;
  const address = input.address ?? {};
  return {
    externalCustomerId: input.externalCustomerId ?? undefined,
    email: channel('email'),
    phone: channel('sms') ?? channel('phone'),
    firstName: input.firstName,
    lastName: input.lastName,
    languageCode: input.languageCode,
    timeZone: input.timeZone,
    country: address.country,
    region: address.region,
    town: address.town,
    address: address.address,
    postcode: address.postcode,
  };
}

const apiFields: Record<string, keyof ContactValues> = {
  firstName: 'firstName',
  lastName: 'lastName',
  email: 'email',
  sms: 'phone',
  address: 'address',
  town: 'town',
  region: 'region',
  country: 'country',
  postcode: 'postcode',
  languageCode: 'languageCode',
  timeZone: 'timeZone',
};

/** Applies contactFields: what is not listed is left alone, what is listed and absent is cleared. Identifiers to match by stay. */
export function restrictToFields(
  values: ContactValues,
  fields: readonly string[],
  matchOn: readonly PrimaryKind[],
): ContactValues {
  const kept: ContactValues = {};
  const listed = new Set(fields.map((field) => apiFields[field]));
  for (const field of Object.values(apiFields)) if (listed.has(field)) kept[field] = values[field] || null;
  kept.externalCustomerId = values.externalCustomerId;
  for (const kind of matchOn) if (values[kind]) kept[kind] = values[kind];
  return kept;
}
