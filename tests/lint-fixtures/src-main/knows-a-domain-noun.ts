import { contactFields } from '#shared/contact/contact-fields.ts';
export const f = contactFields;
