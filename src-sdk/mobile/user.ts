/** What is known of the user, and what of it the server does not know yet: only that is sent. */
import type { Body, Json } from './queue.ts';

export type Address = { region?: string; town?: string; address?: string; postcode?: string };

/** What is not given stays as it is on the server; the wire has no word for taking something away. */
export type UserAttributes = {
  phone?: string;
  email?: string;
  firstName?: string;
  lastName?: string;
  languageCode?: string;
  timeZone?: string;
  loyaltyNumber?: string;
  address?: Address;
  /** Additional fields by their keys. */
  fields?: { readonly [key: string]: Json };
};

export type UserWords = UserAttributes & {
  /** Keys of the subscription categories the user agreed to, all of them. */
  subscriptionKeys?: readonly string[];
  groupNamesInclude?: readonly string[];
  groupNamesExclude?: readonly string[];
};

type Flat = { [name: string]: Json };

/** By one name each, so that a single member of the address or a single field can differ. */
function flat({ address = {}, fields = {}, ...plain }: UserWords): Flat {
  const found: Flat = {};
  const put = (name: string, value: Json | undefined): void => {
    if (value !== undefined) found[name] = value;
  };
  for (const [name, value] of Object.entries(plain)) put(name, value);
  for (const [name, value] of Object.entries(address)) put(`address.${name}`, value);
  for (const [name, value] of Object.entries(fields)) put(`fields.${name}`, value);
  return found;
}

const isEqual = (one: Json | undefined, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);

export type KnownUser = Flat;

/** What of the words the server does not know; null when it knows all of them. */
export function changesOf(known: KnownUser, words: UserWords): KnownUser | null {
  const changed = Object.entries(flat(words)).filter(([name, value]) => !isEqual(known[name], value));
  return changed.length === 0 ? null : Object.fromEntries(changed);
}

const lists = ['subscriptionKeys', 'groupNamesInclude', 'groupNamesExclude'];

/** The body of the request that tells these changes. */
export function userBody(changes: KnownUser): Body {
  const attributes: Flat = {};
  const address: Flat = {};
  const fields: Json[] = [];
  const others: Flat = {};
  for (const [name, value] of Object.entries(changes)) {
    if (name.startsWith('address.')) address[name.slice(8)] = value;
    else if (name.startsWith('fields.')) fields.push({ key: name.slice(7), value });
    else if (lists.includes(name)) others[name] = value;
    else attributes[name] = value;
  }
  const userAttributes = {
    ...attributes,
    ...(Object.keys(address).length > 0 && { address }),
    ...(fields.length > 0 && { fields }),
  };
  return { ...(Object.keys(userAttributes).length > 0 && { userAttributes }), ...others };
}

const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The changes that such a body tells. */
export function changesIn(body: Body): KnownUser {
  const { userAttributes, ...others } = body;
  const { address, fields, ...plain } = isObject(userAttributes) ? userAttributes : {};
  const found: Flat = { ...plain, ...others };
  if (isObject(address)) for (const [name, value] of Object.entries(address)) found[`address.${name}`] = value;
  for (const field of Array.isArray(fields) ? fields : []) {
    if (isObject(field) && typeof field.key === 'string') found[`fields.${field.key}`] = field.value ?? null;
  }
  return found;
}
