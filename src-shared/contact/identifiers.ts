/**
 * Everything by which a contact is recognised, in matching order: what comes first says most about who it is.
 * The rules that use it are in resolve-identity.ts; docs/decisions/0021-identity.md gives their reasons.
 */
import { fold, storableText } from '#shared/kernel/fold.ts';
import { normaliseEmail, normalisePhone } from './normalise.ts';

/**
 * permanent: never changes and belongs to one contact. conditionallyPermanent: the person's, until they give another one;
 * others may share it. changeable: a browser's, an app's or a messenger's; it moves to the contact that used it last.
 */
export type Permanence = 'permanent' | 'conditionallyPermanent' | 'changeable';

export type IdentifierSpec = {
  label: string;
  permanence: Permanence;
  /** May several contacts have it at the same time? */
  shared: boolean;
  /** The form in which it is stored and compared; null when it cannot be one. */
  normalise: (text: string, region: string | null) => string | null;
};

/** An index entry holds about 2,700 bytes. */
const MAX_LENGTH = 500;

function asGiven(text: string): string | null {
  const value = storableText(text).trim();
  return value === '' || value.length > MAX_LENGTH ? null : value;
}

function foldedEmail(text: string): string | null {
  const email = normaliseEmail(text);
  return email === null ? null : fold(email);
}

const changeable = (label: string): IdentifierSpec => ({
  label,
  permanence: 'changeable',
  shared: false,
  normalise: asGiven,
});

export const identifierKinds = [
  'externalCustomerId',
  'email',
  'phone',
  'loyaltyNumber',
  'mobileToken',
  'webPushToken',
  'telegram',
  'viber',
  'deviceId',
  'webCookie',
  'anonymousId',
] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

export const identifiers: Readonly<Record<IdentifierKind, IdentifierSpec>> = {
  externalCustomerId: { label: 'External ID', permanence: 'permanent', shared: false, normalise: asGiven },
  email: { label: 'Email', permanence: 'conditionallyPermanent', shared: true, normalise: foldedEmail },
  phone: { label: 'Phone', permanence: 'conditionallyPermanent', shared: true, normalise: normalisePhone },
  loyaltyNumber: { label: 'Loyalty number', permanence: 'conditionallyPermanent', shared: true, normalise: asGiven },
  mobileToken: changeable('Mobile push token'),
  webPushToken: changeable('Web push token'),
  telegram: changeable('Telegram chat'),
  viber: changeable('Viber chat'),
  deviceId: changeable('Device'),
  webCookie: changeable('Web cookie'),
  anonymousId: changeable('Anonymous ID'),
};

/** Whether a text names a kind that this build knows. */
export const isKnownKind = (text: string): text is IdentifierKind => Object.hasOwn(identifiers, text);

/** One identifier of a contact, its value normalised. */
export type Identifier = { kind: IdentifierKind; value: string };

/** Kinds that columns of the contact hold as well: the External ID, the primary email and the primary phone. */
export const primaryKinds = ['externalCustomerId', 'email', 'phone'] as const satisfies readonly IdentifierKind[];
export type PrimaryKind = (typeof primaryKinds)[number];

export const isPrimaryKind = (kind: IdentifierKind): kind is PrimaryKind =>
  kind === 'externalCustomerId' || kind === 'email' || kind === 'phone';

export const isChangeable = (kind: IdentifierKind): boolean => identifiers[kind].permanence === 'changeable';

/** The identifier in its stored form, or null when the text cannot be one. `region` reads national phone numbers. */
export function normaliseIdentifier(kind: IdentifierKind, text: string, region: string | null): Identifier | null {
  const value = identifiers[kind].normalise(text, region);
  return value === null ? null : { kind, value };
}
