import { z } from 'zod';
import { contactFieldKeys, contactFields, type WritableContactField } from './contact-fields.ts';

/** Fields a person may edit; an External ID is permanent. */
export type EditableField = Exclude<WritableContactField, 'externalCustomerId'>;
export const editableFields = contactFieldKeys.filter((key): key is EditableField => contactFields[key].editable);

/** Body of an append-only `contact-edit` document. The view is the columns plus one's own unsent edits. */
export const contactEditSchema = z.object({
  contactId: z.int().min(1),
  field: z.enum(editableFields),
  from: z.string().nullable(),
  to: z.string().max(500).nullable(),
  at: z.number(),
  /** Written by the server: the value this edit replaced although its author had seen another one. */
  replaced: z.string().nullable().optional(),
});
export type ContactEdit = z.infer<typeof contactEditSchema>;
export const CONTACT_EDIT_VERSION = 1;
