/**
 * Whom a write means, and which cards it shows to be one person. Pure; the rules and their reasons are in
 * docs/decisions/0021-identity.md:
 *
 * 1. The first identifier in matching order that leads to a card decides, unless card and write disagree: they have
 *    different External IDs, or a different value of something that says more than what links them.
 * 2. A write that says who somebody is never means, by a cookie or token, a card that is known as somebody already.
 * 3. What else leads to exactly one other card makes it the same person's, unless they disagree or a person said so.
 * 4. A card that nobody is known to be joins whoever used one of its cookies or tokens.
 */
import { type Identifier, type IdentifierKind, isChangeable } from './identifiers.ts';

/** What says who somebody is; emails folded. */
type Known = { externalCustomerId: string | null; email: string | null; phone: string | null };

export type Card = {
  /** Lower is older. */
  age: number;
  known(): Known;
  /** Whether an identifier that is not changeable leads to it. */
  isIdentified(): boolean;
  /** A person said that these two are not one. */
  isKeptApartFrom(other: Card): boolean;
};

export type Claim<C extends Card> = {
  /** Normalised, in matching order. */
  identifiers: readonly Identifier[];
  /** What the write says of the contact itself. */
  known: Known;
  /** Which kinds find the contact, in order. */
  matchOn: readonly IdentifierKind[];
  /** The card, where the writer knows it: then nothing but cookies and tokens brings another one in. */
  card: C | null;
};

/** `merge`: cards of the same person, with the identifier that shows it. */
export type Resolution<C extends Card> = { card: C | null; merge: { card: C; by: Identifier }[] };

const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b;

/** Whether the two must be different people although `link` leads to both. */
function disagree(a: Known, b: Known, link: IdentifierKind): boolean {
  // A card that a person merged from two has a second External ID, which its columns do not show.
  if (link === 'externalCustomerId') return false;
  if (differ(a.externalCustomerId, b.externalCustomerId)) return true;
  if (link === 'email') return false;
  // A phone is given to somebody else one day; who has it and another email is not the same person.
  if (differ(a.email, b.email)) return true;
  return link === 'loyaltyNumber' && differ(a.phone, b.phone);
}

/** Of several who share something: the holder of an External ID is meant, else who is known, else the oldest. */
export function isBefore(a: Card, b: Card): boolean {
  const [first, second] = [rank(a), rank(b)];
  return first === second ? a.age < b.age : first < second;
}

const rank = (card: Card): number => (card.known().externalCustomerId !== null ? 0 : card.isIdentified() ? 1 : 2);

export function resolveIdentity<C extends Card>(
  claim: Claim<C>,
  holdersOf: (identifier: Identifier) => readonly C[],
): Resolution<C> {
  const card = claim.card ?? findCard(claim, holdersOf);
  return { card, merge: card ? findOthers(card, claim, holdersOf) : [] };
}

function findCard<C extends Card>(claim: Claim<C>, holdersOf: (identifier: Identifier) => readonly C[]): C | null {
  const saysWho = claim.identifiers.some(({ kind }) => !isChangeable(kind));
  let anonymous: C | null = null;
  for (const kind of claim.matchOn) {
    let best: C | null = null;
    for (const identifier of claim.identifiers) {
      if (identifier.kind !== kind) continue;
      for (const card of holdersOf(identifier)) {
        const isOther = isChangeable(kind) ? saysWho && card.isIdentified() : disagree(claim.known, card.known(), kind);
        if (!isOther && (!best || isBefore(card, best))) best = card;
      }
    }
    // Of a visitor with several cookies and tokens, one may be known.
    if (best && (!isChangeable(kind) || best.isIdentified())) return best;
    anonymous ??= best;
  }
  return anonymous;
}

function findOthers<C extends Card>(
  card: C,
  claim: Claim<C>,
  holdersOf: (identifier: Identifier) => readonly C[],
): Resolution<C>['merge'] {
  const found: Resolution<C>['merge'] = [];
  const mine = card.known();
  const all: Known = {
    externalCustomerId: mine.externalCustomerId ?? claim.known.externalCustomerId,
    email: claim.known.email ?? mine.email,
    phone: claim.known.phone ?? mine.phone,
  };
  for (const identifier of claim.identifiers) {
    const { kind } = identifier;
    if (!isChangeable(kind) && (claim.card !== null || !claim.matchOn.includes(kind))) continue;
    const holders = holdersOf(identifier);
    const [other] = holders;
    // Shared, and by this very card already: it says nothing new.
    if (!other || holders.length > 1 || other === card || found.some((one) => one.card === other)) continue;
    const isOther = isChangeable(kind) ? other.isIdentified() : disagree(all, other.known(), kind);
    if (isOther || card.isKeptApartFrom(other)) continue;
    found.push({ card: other, by: identifier });
    const theirs = other.known();
    all.externalCustomerId ??= theirs.externalCustomerId;
    all.email ??= theirs.email;
    all.phone ??= theirs.phone;
  }
  return found;
}
