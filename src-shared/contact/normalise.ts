/** How a contact's values are brought into their one stored form. Pure: callers everywhere get the same answer. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { storableText } from '#shared/kernel/fold.ts';
import { err, ok, type Result } from '#shared/kernel/result.ts';
import { isTimeZone } from '#shared/kernel/time.ts';
import { type WritableContactField, writableContactFields } from './contact-fields.ts';

/** undefined: not given, stays as it is; null: cleared. */
export type ContactValues = { [F in WritableContactField]?: string | null };

export type FieldProblem = { field: WritableContactField; message: string };

const MAX_TEXT = 500;
const email = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\.]+(?:\.[^\s@"(),:;<>[\]\\.]+)+$/u;
const e164 = /^\+[1-9]\d{7,14}$/;

/** The address as it is shown, or null when it is none. Identifiers and comparisons use its folded form. */
export function normaliseEmail(text: string): string | null {
  const trimmed = text.trim();
  return trimmed.length <= 254 && email.test(trimmed) ? trimmed : null;
}

let countryCodes: Map<string, string> | undefined;

/** ISO code of a country given as code or English name ("United Kingdom", "gb"); undefined when unknown. */
export function countryCode(country: string): string | undefined {
  const wanted = country.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(wanted)) return wanted === 'UK' ? 'GB' : wanted;
  if (!countryCodes) {
    countryCodes = new Map([
      ['USA', 'US'],
      ['EIRE', 'IE'],
      ['GREAT BRITAIN', 'GB'],
    ]);
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    for (let a = 65; a <= 90; a++) {
      for (let b = 65; b <= 90; b++) {
        const code = String.fromCharCode(a, b);
        const name = isSupportedCountry(code) ? names.of(code) : undefined;
        if (name) countryCodes.set(name.toUpperCase(), code);
      }
    }
  }
  return countryCodes.get(wanted);
}

/**
 * E.164, or null when it cannot be read. `region`: the contact's country, else the one that this server's callers mean
 * (MUSTER_DEFAULT_REGION); without either a national number cannot be read.
 */
export function normalisePhone(text: string, region: string | null): string | null {
  const compact = text.replace(/[\s().\-/\u00A0]/g, '').replace(/^00/, '+');
  if (e164.test(compact)) return compact;
  const country = region ? countryCode(region) : undefined;
  const parsed = country && isSupportedCountry(country) ? parsePhoneNumberFromString(text, country) : undefined;
  if (parsed?.isPossible()) return parsed.number;
  // Some exports drop the plus of an international number.
  const international = /^[1-9]\d{9,14}$/.test(compact) ? parsePhoneNumberFromString(`+${compact}`) : undefined;
  return international?.isValid() ? international.number : null;
}

function normaliseField(field: WritableContactField, text: string, region: string | null): string | null {
  switch (field) {
    case 'email':
      return normaliseEmail(text);
    case 'phone':
      return normalisePhone(text, region);
    case 'timeZone':
      return isTimeZone(text) ? text : null;
    default:
      return text.length <= MAX_TEXT ? text : null;
  }
}

const problems: Partial<Record<WritableContactField, string>> = {
  email: 'is not an email address',
  phone: 'is not a phone number; write it with + and the country code',
  timeZone: 'is not a known time zone, such as Europe/Kyiv',
};

/**
 * Trims and normalises the given values. Empty text counts as not given; null clears. `region`: whose national phone numbers
 * are meant where the contact's country is not given.
 * The first value that cannot be stored is answered as the problem, naming its field.
 */
export function normaliseContact(given: ContactValues, region: string | null): Result<ContactValues, FieldProblem> {
  const values: ContactValues = {};
  for (const field of writableContactFields) {
    const raw = given[field];
    if (raw === undefined) continue;
    if (raw === null) {
      values[field] = null;
      continue;
    }
    const text = storableText(raw).trim();
    if (text === '') continue;
    const value = normaliseField(field, text, given.country ?? region);
    if (value === null)
      return err({ field, message: `${field} ${problems[field] ?? `is longer than ${MAX_TEXT} characters`}` });
    values[field] = value;
  }
  return ok(values);
}

/** As {@link normaliseContact}, but what cannot be stored is left out, field by field: the rest is still worth having. */
export function normaliseLeniently(
  given: ContactValues,
  region: string | null,
  onIgnored: (problem: FieldProblem) => void = () => undefined,
): ContactValues {
  const remaining = { ...given };
  for (;;) {
    const normalised = normaliseContact(remaining, region);
    if (normalised.ok) return normalised.value;
    onIgnored(normalised.error);
    remaining[normalised.error.field] = undefined;
  }
}
