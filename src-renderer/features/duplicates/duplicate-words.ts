import { contactName } from '#shared/contact/contact-name.ts';
import type { CardSummary, DuplicatePair } from '#shared/contact/duplicate.schema.ts';
import { identifiers } from '#shared/contact/identifiers.ts';

/** Why two contacts are shown as one person, in words. */
export function whyWords({ older, newer, shared, sameName }: DuplicatePair): string {
  const what = `Same ${identifiers[shared.kind].label.toLowerCase()} ${shared.value}`;
  const both = sameName ? `${what} and the same name` : what;
  return older.externalCustomerId !== null && newer.externalCustomerId !== null ? `${both}; two External IDs` : both;
}

/** What tells a card from the other one in a line. */
export function cardWords(card: CardSummary): string {
  const name = contactName(card);
  const more = [card.externalCustomerId && `ID ${card.externalCustomerId}`, card.email, card.phone].filter(
    (part) => part && part !== name,
  );
  return more.join(' · ');
}

export const pairKey = ({ older, newer }: DuplicatePair): string => `${older.id}-${newer.id}`;
