import type { Engine } from '#renderer/data/columns/engine.ts';
import type { DocumentStore } from '#renderer/data/store/documents.ts';
import { memberId, memberSchema } from '#shared/account/member.schema.ts';
import { contactName } from '#shared/contact/contact-name.ts';

export type Person = { id: string; name: string };

/** Who a user is, as far as this device knows; null for what no person did. */
export async function personOf(documents: DocumentStore, userId: string | null): Promise<Person | null> {
  if (userId === null) return null;
  const member = memberSchema.safeParse((await documents.get(memberId(userId)))?.body);
  return { id: userId, name: member.success ? member.data.name : 'Somebody' };
}

/** A contact as a screen calls it; empty while its columns are not here. */
export function contactNameOf(engine: Engine, contactId: number): string {
  if (!engine.hasContact(contactId)) return '';
  const text = (field: 'firstName' | 'lastName' | 'email' | 'phone' | 'externalCustomerId') =>
    engine.fieldOf(contactId, field);
  return contactName({
    id: contactId,
    firstName: text('firstName'),
    lastName: text('lastName'),
    email: text('email'),
    phone: text('phone'),
    externalCustomerId: text('externalCustomerId'),
  });
}
