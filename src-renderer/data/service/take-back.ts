/** A version that gave way becomes an ordinary edit of one's own (SPEC.md: REV-2). */
import type { Platform } from '#renderer/data/platform.ts';
import { type ContactField, contactFieldKeys } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { kindSpec } from '#shared/sync/document-kinds.ts';
import { documentKinds } from '#shared/sync/envelope.schema.ts';
import type { ReviewBody } from '#shared/sync/review.schema.ts';
import { editContact } from './edit-contact.ts';
import type { OpenAccount } from './open-account.ts';

type Clock = Pick<Platform, 'now' | 'newId'>;
type Body = Record<string, unknown>;

export async function takeBack(account: OpenAccount, { about, fields }: ReviewBody, clock: Clock): Promise<void> {
  const { documents } = account;
  if (about.contactId !== null) {
    for (const { field, lost } of fields) {
      const known = isFieldId(field) ? field : contactFieldKeys.find((key): key is ContactField => key === field);
      const to = lost === null || lost === undefined ? null : String(lost);
      if (known) await editContact(account, { contactId: about.contactId, field: known, to }, clock);
    }
    return;
  }
  if (fields.some(({ field, lost }) => field === 'deleted' && lost === true)) {
    await documents.remove(about.id, clock.now());
    return;
  }
  const kind = documentKinds.find((one) => one === about.kind);
  if (!kind)
    throw new UserError('newer_version', 'This was written with a newer version of the app. Update to use it.');
  const now = await documents.get(about.id);
  const lost = Object.fromEntries(
    fields.filter(({ field }) => field !== 'deleted').map((one) => [one.field, one.lost]),
  );
  const body = wholeBody(kind, about.id, { ...now?.body, ...lost });
  if (!body) {
    throw now
      ? new UserError('invalid_input', 'This version does not fit what is there now. Open it and change it by hand.')
      : new UserError('not_found', 'This was deleted, and only a part of it is known here. Make it anew instead.');
  }
  await documents.save(kind, about.id, body, clock.now());
}

/**
 * A review says null for a field that has no value, and leaves out fields that have none on either side: which of the two a
 * kind wants for "none" only its schema knows. Null when something is missing that cannot be empty.
 */
function wholeBody(kind: string, id: string, known: Body): Body | null {
  const schema = kindSpec(kind, id)?.schema;
  const first = schema?.safeParse(known);
  if (!schema || first?.success) return first?.data ?? null;
  const body = { ...known };
  for (const { path } of first?.error.issues ?? []) {
    const [field] = path;
    if (typeof field !== 'string') continue;
    if (body[field] === undefined) body[field] = null;
    else if (body[field] === null) delete body[field];
  }
  return schema.safeParse(body).data ?? null;
}
