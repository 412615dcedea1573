/** What a write says about whom it means, worked out once for locks, look-ups and resolution. */
import {
  type Identifier,
  type IdentifierKind,
  identifierKinds,
  isChangeable,
  isPrimaryKind,
} from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { identifiersOf } from './contact-record.ts';
import type { ContactWrite } from './write-contacts.ts';

export type ContactClaim = {
  write: ContactWrite;
  /** The write's, with an External ID that came among the identifiers. */
  values: ContactValues;
  /** All of them, in matching order. */
  identifiers: readonly Identifier[];
  /** Those that are no value of the contact's own. */
  further: readonly Identifier[];
  matchOn: readonly IdentifierKind[];
};

const changeableKinds = identifierKinds.filter(isChangeable);
const NONE: readonly Identifier[] = [];

/** Every identifier of values and the further ones, in matching order. */
export function allIdentifiers(values: ContactValues, further: readonly Identifier[] = NONE): Identifier[] {
  const found = identifiersOf(values);
  if (further.length === 0) return found;
  const seen = new Set(found.map(({ kind, value }) => `${kind}:${value}`));
  for (const identifier of further) {
    const key = `${identifier.kind}:${identifier.value}`;
    if (identifier.value === '' || seen.has(key)) continue;
    seen.add(key);
    found.push(identifier);
  }
  return found.sort((a, b) => identifierKinds.indexOf(a.kind) - identifierKinds.indexOf(b.kind));
}

export function claimOf(write: ContactWrite): ContactClaim {
  // Cookies and tokens find somebody whatever else the writer matches on.
  const matchOn = write.matchOn ? [...write.matchOn, ...changeableKinds] : identifierKinds;
  const given = write.identifiers ?? NONE;
  if (given.length === 0) {
    return { write, values: write.values, identifiers: identifiersOf(write.values), further: NONE, matchOn };
  }
  const external = given.find(({ kind }) => kind === 'externalCustomerId')?.value;
  const values =
    external && !write.values.externalCustomerId ? { ...write.values, externalCustomerId: external } : write.values;
  const identifiers = allIdentifiers(values, given);
  const own = new Set(identifiersOf(values).map(({ kind, value }) => `${kind}:${value}`));
  const further = identifiers.filter(({ kind, value }) => !own.has(`${kind}:${value}`));
  return { write, values, identifiers, further, matchOn };
}

/** The claim without some of its identifiers. */
export function withoutIdentifiers(claim: ContactClaim, isLeftOut: (identifier: Identifier) => boolean): ContactClaim {
  const values = { ...claim.values };
  for (const identifier of identifiersOf(values)) {
    if (isLeftOut(identifier) && isPrimaryKind(identifier.kind)) values[identifier.kind] = undefined;
  }
  const keep = (identifier: Identifier) => !isLeftOut(identifier);
  return {
    ...claim,
    values,
    identifiers: claim.identifiers.filter(keep),
    further: claim.further.filter(keep),
  };
}
