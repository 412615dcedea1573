import {
  contactFields,
  type EmailStatus,
  type WritableContactField,
  writableContactFields,
} from '#shared/contact/contact-fields.ts';
import { type PrimaryKind, primaryKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import { fold } from '#shared/kernel/fold.ts';

/** One contact as the writer holds it in memory while it applies a batch. */
export type ContactRecord = {
  id: number;
  /** Made by this batch; its id is given when the batch is over. */
  isNew: boolean;
  values: Record<WritableContactField, string | null>;
  /** The values before the batch; null for a new contact. */
  before: Record<WritableContactField, string | null> | null;
  source: string | null;
  createdAt: number;
  emailStatus: EmailStatus;
};

const textColumns = [...writableContactFields, 'source'] as const;

/** Columns of table contact the writer fills, each with how its value is read from a record. */
export const contactColumns: readonly { name: string; of: (record: ContactRecord) => string | null }[] =
  textColumns.flatMap((field) => {
    const name = contactFields[field].column;
    const of = (record: ContactRecord): string | null => (field === 'source' ? record.source : record.values[field]);
    return [
      { name, of },
      {
        name: `${name}_fold`,
        of: (record: ContactRecord): string | null => {
          const value = of(record);
          return value === null ? null : fold(value);
        },
      },
    ];
  });

export const emptyValues = (): Record<WritableContactField, string | null> => ({
  externalCustomerId: null,
  email: null,
  phone: null,
  firstName: null,
  lastName: null,
  country: null,
  region: null,
  town: null,
  address: null,
  postcode: null,
  languageCode: null,
  timeZone: null,
});

/** The form in which an identifier is stored and compared. */
export const identifierValue = (kind: PrimaryKind, value: string): string => (kind === 'email' ? fold(value) : value);

/** Every identifier that is given, in matching order. */
export function identifiersOf(values: ContactValues): { kind: PrimaryKind; value: string }[] {
  const found: { kind: PrimaryKind; value: string }[] = [];
  for (const kind of primaryKinds) {
    const value = values[kind];
    if (value) found.push({ kind, value: identifierValue(kind, value) });
  }
  return found;
}

export function hasChanged(record: ContactRecord): boolean {
  const { before, values } = record;
  return before === null || writableContactFields.some((field) => before[field] !== values[field]);
}
