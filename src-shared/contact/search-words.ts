import { fold, storableText } from '#shared/kernel/fold.ts';
import type { ContactField } from './contact-fields.ts';

/** Fields a search looks into, in the list and on the server alike. */
export const searchedFields = [
  'email',
  'firstName',
  'lastName',
  'externalCustomerId',
  'phone',
] as const satisfies ContactField[];

/** Folded words of a search; a contact is found when each word occurs in one of its searched fields. */
export function searchWords(search: string): string[] {
  return [
    ...new Set(
      fold(storableText(search))
        .split(/\s+/)
        .filter((word) => word !== ''),
    ),
  ];
}
