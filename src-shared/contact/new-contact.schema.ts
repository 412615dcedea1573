/** A contact as somebody adds one by hand. */
import { z } from 'zod';
import type { PrimaryKind } from './identifiers.ts';
import { normaliseEmail, normalisePhone } from './normalise.ts';

const text = (most: number) => z.string().trim().max(most, `Use at most ${most} characters`).default('');
const ids = z.array(z.string().min(1).max(80)).max(50, 'Choose at most 50').default([]);

/** Empty text: not given. */
export const newContactShape = z.object({
  email: text(254),
  phone: text(60),
  firstName: text(200),
  lastName: text(200),
  externalCustomerId: text(200),
  languageCode: text(35),
  listIds: ids,
  /** They agreed to get mail. Until somebody says so, and how it is known, none goes to the address. */
  mayMail: z.boolean().default(false),
  categoryIds: ids,
  evidence: text(500),
});
export type NewContact = z.infer<typeof newContactShape>;

const languageCode = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/** `region`: whose national phone numbers are meant (MUSTER_DEFAULT_REGION). */
export const newContactSchema = (region: string | null) =>
  newContactShape.superRefine((given, context) => {
    const refuse = (field: keyof NewContact, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { email, phone, externalCustomerId } = given;
    if (email !== '' && normaliseEmail(email) === null) refuse('email', 'This is not an email address');
    if (phone !== '' && normalisePhone(phone, region) === null) {
      refuse('phone', 'This is not a phone number; write it with + and the country code');
    }
    if (given.languageCode !== '' && !languageCode.test(given.languageCode)) {
      refuse('languageCode', 'Write the code of a language, such as uk or en-GB');
    }
    if (email === '' && phone === '' && externalCustomerId === '') {
      refuse('email', 'Give an email, a phone or an External ID: by one of them the contact is recognised');
    }
    if (given.categoryIds.length > 0 && !given.mayMail) refuse('categoryIds', 'They have to agree to mail first');
    if (given.mayMail && given.evidence === '') refuse('evidence', 'Say how you know that they want it');
  });

/** Whose an email, a phone or an External ID is already. */
export type ContactOwner = { field: PrimaryKind; contactId: number; name: string };
/** The new contact; or nobody, because it would be somebody who is here. */
export type AddedContact = { added: number; owners: [] } | { added: null; owners: ContactOwner[] };
