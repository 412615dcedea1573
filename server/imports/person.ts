/** What a line of a file says of a person besides the fields every contact has. Staged as JSON, put together per person. */
import type { StoredField } from '#shared/contact/field-value.ts';
import type { Identifier } from '#shared/contact/identifiers.ts';
import { type SaidConsent, strictest } from '#shared/import/read-consent-cell.ts';

export type PersonExtra = {
  /** Additional fields by id, as stored. */
  fields?: Record<string, StoredField>;
  /** Further emails and phones, loyalty numbers, chats, normalised. */
  further?: Identifier[];
  /** The number Muster gave the contact. */
  contactId?: number;
  /** About all mail to them. */
  said?: SaidConsent;
  /** Categories by id: whether they subscribe to it. */
  categories?: Record<string, boolean>;
};

/** What the lines of one person say together: the later value counts, but a "no" always does. */
export function joinExtras(extras: readonly PersonExtra[]): PersonExtra {
  if (extras.length === 1 && extras[0]) return extras[0];
  const categories: Record<string, boolean> = {};
  const further = new Map<string, Identifier>();
  for (const extra of extras) {
    for (const [id, yes] of Object.entries(extra.categories ?? {})) categories[id] = yes && categories[id] !== false;
    for (const identifier of extra.further ?? []) further.set(`${identifier.kind}:${identifier.value}`, identifier);
  }
  const said = strictest(extras.flatMap((extra) => extra.said ?? []));
  return {
    fields: Object.assign({}, ...extras.map(({ fields }) => fields)),
    further: [...further.values()],
    ...(said ? { said } : {}),
    categories,
  };
}
