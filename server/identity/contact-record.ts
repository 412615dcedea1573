import {
  contactFields,
  type EmailStatus,
  type WritableContactField,
  writableContactFields,
} from '#shared/contact/contact-fields.ts';
import { type Identifier, type PrimaryKind, primaryKinds } from '#shared/contact/identifiers.ts';
import type { ContactValues } from '#shared/contact/normalise.ts';
import type { Card } from '#shared/contact/resolve-identity.ts';
import { fold } from '#shared/kernel/fold.ts';

export type StoredValues = Record<WritableContactField, string | null>;
type Fields = Readonly<Record<string, unknown>>;

/** Contacts of a batch come after stored ones, in the order they were made. */
const NEW_AGE = 2 ** 33;
// One for all records: an import makes many.
const NONE_KEPT: readonly string[] = [];
const NOBODY: readonly number[] = [];
const NO_FIELDS: Fields = {};

/** One contact as the writer holds it in memory while it applies a batch. */
export class ContactRecord implements Card {
  /** Negative until a new contact is given its own. */
  id: number;
  readonly age: number;
  /** Made by this batch; its id is given when the batch is over. */
  readonly isNew: boolean;
  readonly values: StoredValues;
  /** The values before the batch; null for a new contact. */
  readonly before: StoredValues | null;
  readonly source: string | null;
  readonly createdAt: number;
  emailStatus: EmailStatus = 'none';
  /** Additional fields as stored; empty when the batch has no use for them. */
  fields: Fields = NO_FIELDS;
  /** What the batch changes in them; null clears. */
  fieldChanges: Record<string, unknown> = {};
  /** Something durable leads here that no column holds. */
  hasFurther = false;
  /** Emails and phones that were its primary one before this batch and still lead here. */
  kept: readonly string[] = NONE_KEPT;
  keptApart: readonly number[] = NOBODY;
  mergedInto: ContactRecord | null = null;

  constructor(given: { id: number; stored: StoredValues | null; source: string | null; createdAt: number }) {
    this.id = given.id;
    this.isNew = given.stored === null;
    this.age = this.isNew ? NEW_AGE - given.id : given.id;
    this.values = given.stored ? { ...given.stored } : emptyValues();
    this.before = given.stored;
    this.source = given.source;
    this.createdAt = given.createdAt;
  }

  known() {
    const { externalCustomerId, email, phone } = this.values;
    return { externalCustomerId, email: email === null ? null : fold(email), phone };
  }

  isIdentified(): boolean {
    return this.hasFurther || primaryKinds.some((kind) => this.values[kind] !== null);
  }

  isKeptApartFrom(other: ContactRecord): boolean {
    return this.keptApart.includes(other.id);
  }

  hasChanged(): boolean {
    const { before, values } = this;
    return (
      before === null ||
      writableContactFields.some((field) => before[field] !== values[field]) ||
      Object.keys(this.fieldChanges).length > 0
    );
  }
}

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

export const emptyValues = (): StoredValues => ({
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

/** The form in which a primary identifier is stored and compared. */
export const identifierValue = (kind: PrimaryKind, value: string): string => (kind === 'email' ? fold(value) : value);

/** Every identifier among the values, in matching order. */
export function identifiersOf(values: ContactValues): Identifier[] {
  const found: Identifier[] = [];
  for (const kind of primaryKinds) {
    const value = values[kind];
    if (value) found.push({ kind, value: identifierValue(kind, value) });
  }
  return found;
}
