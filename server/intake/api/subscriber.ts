/** Who signs up: the contact of a form with what is given beside it, and which contact that is. */
import { z } from 'zod';
import type { ContactWrite } from '#server/identity/write-contacts.ts';
import { findByField } from '#server/intake/contact-extras.ts';
import { type BodyProblem, parseBody } from '#server/intake/parse-body.ts';
import { contactInput, fieldInput, matchingOrder, type SubscribeInput } from '#shared/contact/contact-input.schema.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { type ParsedContact, parseContact } from './contact-parse.ts';
import { keyFieldOf, lacksKey } from './contacts-bulk.ts';
import type { ApiContext } from './context.ts';

/** Fields beside the contact count as its own; what is no {id, value} is told. */
function withFields({ contact, fields }: SubscribeInput): { contact: unknown; told: BodyProblem[] } {
  const given = parseBody(z.object({ contact: contactInput }), { contact }).contact;
  const further: z.infer<typeof fieldInput>[] = [];
  const told: BodyProblem[] = [];
  for (const [at, one] of (fields ?? []).entries()) {
    const parsed = fieldInput.safeParse(one);
    if (parsed.success) further.push(parsed.data);
    else told.push({ field: `fields[${at}]`, message: 'is not {id, value}' });
  }
  if (further.length === 0) return { contact, told };
  const all = [...(given.fields ?? []), ...further];
  return { contact: { ...z.looseObject({}).parse(contact), fields: all }, told };
}

/** Throws when it cannot be written, or lacks what `dedupeOn` compares. */
export async function readSubscriber(context: ApiContext, body: SubscribeInput): Promise<ParsedContact> {
  const { contact, told } = withFields(body);
  const finder = body.dedupeOn === 'fieldId' ? await context.fieldFinder() : await context.finderFor(contact);
  const parsed = parseContact(contact, finder, context.deps.config.defaultRegion);
  if (!parsed.ok) throw new UserError('invalid_input', parsed.error.message, `contact.${parsed.error.field}`);
  const { write, ignored } = parsed.value;
  return { write: await findBy(context, body, { write, finder }), ignored: [...ignored, ...told] };
}

type Found = { write: ContactWrite; finder: Parameters<typeof keyFieldOf>[1] };

/** As `dedupeOn` says; without it everything that identifies the contact does. */
async function findBy(context: ApiContext, body: SubscribeInput, { write, finder }: Found): Promise<ContactWrite> {
  const { dedupeOn } = body;
  if (!dedupeOn) return write;
  const keyField = keyFieldOf(body, finder);
  const key = keyField && write.fields?.[keyField.id];
  if (lacksKey(dedupeOn, write) || (keyField && (key === undefined || key === null))) {
    throw new UserError('invalid_input', `The contact lacks what dedupeOn “${dedupeOn}” compares.`, 'dedupeOn');
  }
  const { contactId, ...others } = write;
  const found: ContactWrite = { ...others, matchOn: matchingOrder[dedupeOn] };
  if (dedupeOn === 'id') found.contactId = contactId;
  if (keyField) {
    const byField = { id: keyField.id, value: String(key) };
    const row = { kind: 'contact' as const, body: { values: {}, source: 'Form', byField } };
    await context.deps.db.tx((tx) => findByField(tx, [row], [found]));
  }
  return found;
}
