/** [ROLE-2] [ROLE-3] [REV-3] Which documents a role receives and which it may write. Pure: the callers hold the database. */
import { z } from 'zod';
import { can, type Role } from '#shared/account/roles.ts';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldSpecs, isFieldId } from '#shared/contact/field.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import type { FieldLeaf } from '#shared/segment/field-leaf.schema.ts';
import { type Rule, ruleSchema, type TextLeaf } from '#shared/segment/segment.schema.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { reviewSchema } from '#shared/sync/review.schema.ts';
import type { Problem } from './document-check.ts';

/** A field nobody knows may hold anything. */
function isPersonalField(field: unknown): boolean {
  const known = contactFieldKeys.find((key) => key === field);
  return known === undefined || contactFields[known].personal;
}

/** Whether a review shows personal values: as its writer says, or because its fields are a contact's. */
function isPersonalReview(body: Envelope['body']): boolean {
  const review = reviewSchema.safeParse(body);
  if (!review.success) return true;
  const { about, fields } = review.data;
  const ofContact = about.contactId !== null || about.kind === 'contact-edit';
  return fields.some(({ field, personal }) => personal || (ofContact && isPersonalField(field)));
}

/** Whether a document holds personal values. A tombstone is empty. */
function isPersonal({ kind, body, deleted }: Envelope): boolean {
  if (deleted) return false;
  // The server wrote what the field says; what is not said is taken for personal.
  if (kind === 'contact-edit') return isFieldId(body.field) ? body.personal !== false : isPersonalField(body.field);
  return kind === 'review' && isPersonalReview(body);
}

export function maySee(role: Role, document: Envelope): boolean {
  return can(role, 'readPersonal') || !isPersonal(document);
}

/** A view that is not shared is its maker's alone. */
const isForeignView = ({ kind, body, deleted }: Envelope, userId: string): boolean =>
  kind === 'view' && !deleted && body.shared !== true && body.owner !== userId;

/**
 * A document as somebody gets it; null: not at all. A view that is another's alone looks deleted, because they may have
 * it from when it was shared.
 */
export function shownTo({ userId, role }: { userId: string; role: Role }, document: Envelope): Envelope | null {
  if (!maySee(role, document)) return null;
  return isForeignView(document, userId) ? { ...document, body: {}, deleted: true } : document;
}

/** What forbids somebody to write a view: another's own; or one in another's name. */
export function mayWriteView(userId: string, next: Envelope, master: Envelope | undefined): Problem | null {
  if (next.kind !== 'view') return null;
  if (master && isForeignView(master, userId)) return forbidden('This view is a colleague’s own.');
  if (next.deleted) return null;
  const owner = master && !master.deleted ? master.body.owner : userId;
  if (next.body.owner !== owner) return forbidden('A view stays its maker’s.', 'owner');
  if (next.body.shared !== true && owner !== userId) {
    return forbidden('Only who made a view can keep it from others.', 'shared');
  }
  return null;
}

const forbidden = (message: string, field?: string): Problem => ({
  code: 'forbidden',
  message,
  ...(field === undefined ? {} : { field }),
});

type AskingLeaf = TextLeaf | FieldLeaf;

/** Whether a field is set says no value: only conditions on values do. */
function personalLeaves(rule: Rule, fields: FieldSpecs): AskingLeaf[] {
  switch (rule.type) {
    case 'all':
    case 'any':
      return rule.rules.flatMap((one) => personalLeaves(one, fields));
    case 'not':
      return personalLeaves(rule.rule, fields);
    case 'text':
      return isPersonalField(rule.field) ? [rule] : [];
    case 'fieldText':
    case 'fieldNumber':
    case 'fieldDate':
    case 'fieldSet':
      return fields.get(rule.field)?.personal === false ? [] : [rule];
    default:
      return [];
  }
}

/** Whether a rule asks for personal values: its count would read them out. */
export function asksPersonal(rule: Rule, fields: FieldSpecs): boolean {
  return personalLeaves(rule, fields).length > 0;
}

const rulesOf = z.object({ rule: z.unknown(), live: z.object({ rule: z.unknown() }).nullish() });

/** Of the draft and of what campaigns use. */
function leavesOf(document: Envelope | undefined, fields: FieldSpecs): AskingLeaf[] {
  const { rule, live } = rulesOf.safeParse(document?.body).data ?? {};
  return [rule, live?.rule].flatMap((one) => {
    const parsed = ruleSchema.safeParse(one);
    return parsed.success ? personalLeaves(parsed.data, fields) : [];
  });
}

/** Counting who matches a value of one's own choosing would read it out letter by letter. */
function asksForPersonalValues(next: Envelope, master: Envelope | undefined, fields: FieldSpecs): boolean {
  const known = leavesOf(master, fields);
  return leavesOf(next, fields).some((leaf) => !known.some((one) => equalJson(one, leaf)));
}

/** What forbids a role to write `next` in place of `master`; null when nothing does. */
export function mayPush(
  role: Role,
  next: Envelope,
  master: Envelope | undefined,
  fields: FieldSpecs = new Map(),
): Problem | null {
  const right = next.kind === 'contact-edit' ? 'editContacts' : 'edit';
  if (!can(role, right)) return forbidden('Your role does not allow changes. Ask an administrator.');
  if (can(role, 'readPersonal')) return null;
  if (isPersonal(next) || (master && isPersonal(master))) {
    return forbidden('Your role does not see personal data, so it cannot change it.', 'field');
  }
  if (next.kind === 'event-type') {
    return forbidden('What an event says may be personal: somebody who may see that chooses its columns.');
  }
  if (next.kind === 'contact-field') {
    return forbidden('Values of fields may be personal: somebody who may see that changes the fields.');
  }
  if (next.kind === 'segment' && asksForPersonalValues(next, master, fields)) {
    return forbidden('Your role does not see personal data, so it cannot ask for it in a rule.', 'rule');
  }
  return null;
}
