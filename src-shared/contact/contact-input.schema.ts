/** Contacts as the public API takes them: the wire form, and what it means before anything is normalised. */
import { z } from 'zod';
import type { IdentifierKind, PrimaryKind } from './identifiers.ts';
import type { ContactValues } from './normalise.ts';

/** Identifiers and texts arrive as strings or numbers; both mean the same text. */
const text = z.union([z.string(), z.number().transform(String)], 'is not a text').nullish();
const word = z.union([z.string(), z.number().transform(String)], 'is not a text');

export const channelInput = z.object({ type: z.string('is required'), value: word });

export const fieldInput = z.object({ id: word, value: z.unknown() }, 'is not {id, value}');

/** Members without a meaning here (ordersInfo, groups, id of an address book …) are ignored, and told so. */
export const contactInput = z.object(
  {
    id: z.coerce.number('is not a whole number').int('is not a whole number').min(1).nullish(),
    externalCustomerId: text,
    /** The External ID of older clients. */
    contactKey: text,
    loyaltyNumber: text,
    firstName: text,
    lastName: text,
    languageCode: text,
    timeZone: text,
    channels: z.array(channelInput, 'is not a list of channels').max(50, 'has more than 50 channels').nullish(),
    address: z
      .object({ country: text, region: text, town: text, address: text, postcode: text }, 'is not an object')
      .partial()
      .nullish(),
    /** Additional fields: by their number, or by LIST.FIELD. */
    fields: z.array(fieldInput, 'is not a list of fields').max(500, 'has more than 500 fields').nullish(),
  },
  'is not an object',
);
export type ContactInput = z.infer<typeof contactInput>;

export const dedupeKeys = [
  'externalCustomerId',
  'email',
  'sms',
  'email_or_sms',
  'push',
  'webpush',
  'id',
  'fieldId',
] as const;
export type DedupeKey = (typeof dedupeKeys)[number];

const names = z
  .array(z.string().trim().min(1, 'is empty').max(120, 'is longer than 120 characters'))
  .max(100)
  .nullish();
const fieldNumber = z.coerce.number('is not the number of a field').int('is not the number of a field').min(1);

export const contactsInput = z.object({
  contacts: z
    .array(z.unknown(), 'contacts is required')
    .min(1, 'Give at least one contact')
    .max(3000, 'At most 3000 contacts per request'),
  dedupeOn: z.enum(dedupeKeys, `is not one of ${dedupeKeys.join(', ')}`).nullish(),
  /** With dedupeOn fieldId: the additional field that tells contacts apart. */
  fieldId: fieldNumber.nullish(),
  /** Fields this request may write; a listed field that a contact lacks is cleared. */
  contactFields: z.array(z.string()).nullish(),
  /** The same for additional fields, by number. */
  customFieldsIDs: z.array(fieldNumber).nullish(),
  groupNames: names,
  groupNamesExclude: names,
  restoreDeleted: z.boolean('is not true or false').nullish(),
  eventKeyForNewContacts: z.string().trim().max(200, 'is longer than 200 characters').nullish(),
});
export type ContactsInput = z.infer<typeof contactsInput>;

export const subscribeInput = z.object({
  contact: z.unknown(),
  groups: names,
  /** Keys of subscription categories. */
  subscriptions: names,
  /** Further additional fields of the contact, as in `contact.fields`; anything else in the list is told and left. */
  fields: z.array(z.unknown(), 'is not a list of fields').max(500, 'has more than 500 fields').nullish(),
  dedupeOn: z.enum(dedupeKeys, `is not one of ${dedupeKeys.join(', ')}`).nullish(),
  fieldId: fieldNumber.nullish(),
  formType: z.string().trim().max(100, 'is longer than 100 characters').nullish(),
});
export type SubscribeInput = z.infer<typeof subscribeInput>;

/** Which identifiers find the contact, in order, for each dedupeOn. */
export const matchingOrder: Record<DedupeKey, readonly IdentifierKind[]> = {
  externalCustomerId: ['externalCustomerId', 'email', 'phone'],
  email: ['email', 'externalCustomerId'],
  sms: ['phone', 'externalCustomerId'],
  email_or_sms: ['phone', 'email', 'externalCustomerId'],
  push: ['mobileToken', 'externalCustomerId'],
  webpush: ['webPushToken', 'externalCustomerId'],
  id: ['externalCustomerId', 'email', 'phone'],
  fieldId: ['externalCustomerId'],
};

/** Channel types and what their values are. */
const channelKinds: Readonly<Record<string, IdentifierKind>> = {
  email: 'email',
  sms: 'phone',
  phone: 'phone',
  mobilepush: 'mobileToken',
  webpush: 'webPushToken',
  telegram: 'telegram',
  viber: 'viber',
  loyaltynumber: 'loyaltyNumber',
};

export type GivenIdentifier = {
  kind: IdentifierKind;
  value: string;
  /** Its place in the request. */
  field: string;
};

export type GivenContact = {
  /** Not yet normalised. */
  values: ContactValues;
  /** Beyond the first email and the first phone. */
  further: GivenIdentifier[];
  /** Channels of a type that is not known here. */
  unknown: { field: string; message: string }[];
};

/** What a contact of the API says, its first email and phone as values, everything else that identifies it apart. */
export function readContactInput(input: ContactInput): GivenContact {
  const further: GivenIdentifier[] = [];
  const unknown: GivenContact['unknown'] = [];
  const first: Partial<Record<IdentifierKind, string>> = {};
  for (const [at, { type, value }] of (input.channels ?? []).entries()) {
    const kind = channelKinds[type.trim().toLowerCase()];
    if (kind === undefined) {
      const message = `channels of type “${type.slice(0, 40)}” are not used here`;
      unknown.push({ field: `channels[${at}].type`, message });
    } else if (value.trim() === '') continue;
    else if ((kind === 'email' || kind === 'phone') && first[kind] === undefined) first[kind] = value;
    else further.push({ kind, value, field: `channels[${at}].value` });
  }
  const loyalty = input.loyaltyNumber?.trim();
  if (loyalty) further.push({ kind: 'loyaltyNumber', value: loyalty, field: 'loyaltyNumber' });
  const address = input.address ?? {};
  const values: ContactValues = {
    externalCustomerId: input.externalCustomerId || input.contactKey || undefined,
    email: first.email,
    phone: first.phone,
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
  return { values, further, unknown };
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
  matchOn: readonly IdentifierKind[],
): ContactValues {
  const kept: ContactValues = {};
  const listed = new Set(fields.map((field) => apiFields[field]));
  for (const field of Object.values(apiFields)) if (listed.has(field)) kept[field] = values[field] || null;
  kept.externalCustomerId = values.externalCustomerId;
  const primary: readonly PrimaryKind[] = ['email', 'phone'];
  for (const kind of primary) if (matchOn.includes(kind) && values[kind]) kept[kind] = values[kind];
  return kept;
}
