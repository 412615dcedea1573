/** Cards that may be one person's, what merging them gives, and merges that were made. */
import type { WritableContactField } from './contact-fields.ts';
import type { IdentifierKind } from './identifiers.ts';

export type CardSummary = {
  id: number;
  externalCustomerId: string | null;
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
};

export type DuplicatePair = {
  older: CardSummary;
  newer: CardSummary;
  /** What both have. */
  shared: { kind: IdentifierKind; value: string };
  /** Their first and last names are the same too. */
  sameName: boolean;
};
/** `next`: what to ask the next page with; null at the end. */
export type DuplicatePage = { pairs: DuplicatePair[]; next: string | null };

export type MergePreview = {
  /** The card that stays. */
  survivor: CardSummary;
  merged: CardSummary;
  /** Fields in which the merged card has a value. */
  fields: { field: WritableContactField; survivor: string | null; merged: string; result: string }[];
  /** What leads to the remaining card besides what its fields say. */
  identifiers: { kind: IdentifierKind; value: string }[];
  /** Rows of history that follow. */
  history: { events: number; orders: number; messages: number };
  /** Both have an External ID, and not the same one. */
  twoExternalIds: boolean;
};

export type MergeInfo = {
  id: number;
  survivor: number;
  merged: CardSummary;
  cause: 'automatic' | 'person';
  byKind: IdentifierKind | null;
  byName: string | null;
  at: number;
  undoneAt: number | null;
};

export type DeletedContact = CardSummary & { deletedAt: number };
