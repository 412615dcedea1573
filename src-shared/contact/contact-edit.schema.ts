import { z } from 'zod';
import { type ContactField, contactFieldKeys, contactFields, type WritableContactField } from './contact-fields.ts';
import { type FieldId, fieldIdSchema, isFieldId } from './field.schema.ts';

/** Fields a person may edit; an External ID is permanent. */
export type EditableField = Exclude<WritableContactField, 'externalCustomerId'>;
export const editableFields = contactFieldKeys.filter((key): key is EditableField => contactFields[key].editable);

/** A field of contacts: one that every workspace has, or an additional one by its id. */
export type AnyField = ContactField | FieldId;

const MAX_VALUE = 8_000;

/** Body of an append-only `contact-edit` document. The view is the columns plus one's own unsent edits. */
export const contactEditSchema = z.object({
  contactId: z.int().min(1),
  field: z.union([z.enum(editableFields), fieldIdSchema]),
  /** Values of additional fields are texts as textOfCell makes them. */
  from: z.string().nullable(),
  to: z.string().max(MAX_VALUE).nullable(),
  at: z.number(),
  /** Written by the server: the value this edit replaced although its author had seen another one. */
  replaced: z.string().nullable().optional(),
  /** Of an additional field: whether it is personal. The server writes what the field says. */
  personal: z.boolean().optional(),
});
export type ContactEdit = z.infer<typeof contactEditSchema>;
export const CONTACT_EDIT_VERSION = 2;

/** Edits of the fields that every workspace has can be read by what came before additional fields. */
export const contactEditNeeds = ({ field }: Readonly<Record<string, unknown>>): number => (isFieldId(field) ? 2 : 1);
