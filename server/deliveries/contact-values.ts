import { type ContactField, contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import type { ContactValues } from '#shared/message/render.ts';

/** Select list of every field a message may show, named as in templates. `alias` is a fixed table alias of ours. */
export function contactColumns(alias: string): string {
  return contactFieldKeys.map((key) => `${alias}.${contactFields[key].column} as "${key}"`).join(', ');
}

export type ContactColumns = { [K in ContactField]: string | Date | null };

/** A row of {@link contactColumns} as templates see it. */
export function contactValues(row: ContactColumns): ContactValues {
  return Object.fromEntries(
    contactFieldKeys.map((key) => {
      const value = row[key];
      return [key, value instanceof Date ? value.toISOString() : value];
    }),
  );
}
