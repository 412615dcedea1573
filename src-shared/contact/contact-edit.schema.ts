import { z } from 'zod';
import { type ContactField, contactFieldKeys, contactFields } from './contact-fields.ts';

const editable = contactFieldKeys.filter((key) => contactFields[key].editable) as [ContactField, ...ContactField[]];

/** Body of an append-only `contact-edit` document. The view is the columns plus one's own unsent edits. */
export const contactEditSchema = z.object({
  contactId: z.int().min(1),
  field: z.enum(editable),
  from: z.string().nullable(),
  to: z.string().max(500).nullable(),
  at: z.number(),
});
export type ContactEdit = z.infer<typeof contactEditSchema>;
export const CONTACT_EDIT_VERSION = 1;
