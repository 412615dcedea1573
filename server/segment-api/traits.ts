/** Traits: the known names are fields of the contact, everything else is kept as it came. */
import type { WritableContactField } from '#shared/contact/contact-fields.ts';
import { type Identifier, normaliseIdentifier } from '#shared/contact/identifiers.ts';
import { type ContactValues, normaliseLeniently } from '#shared/contact/normalise.ts';

type Traits = Readonly<Record<string, unknown>>;

const fieldOf = new Map<string, WritableContactField>([
  ['email', 'email'],
  ['phone', 'phone'],
  ['firstName', 'firstName'],
  ['first_name', 'firstName'],
  ['firstname', 'firstName'],
  ['lastName', 'lastName'],
  ['last_name', 'lastName'],
  ['lastname', 'lastName'],
  ['address.country', 'country'],
  ['address.state', 'region'],
  ['address.city', 'town'],
  ['city', 'town'],
  ['address.street', 'address'],
  ['address.postalCode', 'postcode'],
]);

const isRecord = (value: unknown): value is Traits =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As one level: `address.city`, and both names of "Ann Lee" where they are not given by themselves. */
function flat({ address, name, ...traits }: Traits): Record<string, unknown> {
  const all: Record<string, unknown> = { ...traits };
  if (isRecord(address)) for (const [key, value] of Object.entries(address)) all[`address.${key}`] = value;
  else if (address !== undefined) all.address = address;
  if (typeof name === 'string' && name.trim() !== '' && !('firstName' in all) && !('lastName' in all)) {
    const [first, ...last] = name.trim().split(/\s+/);
    all.firstName = first;
    if (last.length > 0) all.lastName = last.join(' ');
  } else if (name !== undefined) all.name = name;
  return all;
}

/** A loyalty number is no field of the contact: it leads to it. */
export function takeLoyaltyNumber(rest: Record<string, unknown>): Identifier | null {
  for (const name of ['loyaltyNumber', 'loyalty_number']) {
    const value = rest[name];
    const found =
      typeof value === 'string' || typeof value === 'number'
        ? normaliseIdentifier('loyaltyNumber', String(value), null)
        : null;
    if (!found) continue;
    delete rest[name];
    return found;
  }
  return null;
}

/** The contact's values, and the traits that are none of them: unknown names, and values their field cannot hold. `region`: see MUSTER_DEFAULT_REGION. */
export function readTraits(
  traits: Traits,
  userId: string | undefined,
  region: string | null,
): { values: ContactValues; identifiers: Identifier[]; rest: Record<string, unknown> } {
  const given: ContactValues = { externalCustomerId: userId };
  const names = new Map<string, string>();
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat(traits))) {
    const field = fieldOf.get(name);
    if (field && !names.has(field) && (typeof value === 'string' || typeof value === 'number')) {
      given[field] = String(value);
      names.set(field, name);
    } else rest[name] = value;
  }
  const loyalty = takeLoyaltyNumber(rest);
  const values = normaliseLeniently(given, region, ({ field }) => {
    rest[names.get(field) ?? field] = given[field];
  });
  return { values, identifiers: loyalty ? [loyalty] : [], rest };
}
