import { keyWords } from '#renderer/ui/format.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { isFieldId } from '#shared/contact/field.schema.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import { fieldLabel } from './field-store.ts';

type KindWords = { one: string; many: string };

const kinds: Record<DocumentKind, KindWords> = {
  segment: { one: 'Segment', many: 'Segments' },
  message: { one: 'Message', many: 'Messages' },
  campaign: { one: 'Campaign', many: 'Campaigns' },
  setting: { one: 'Setting', many: 'Settings' },
  'contact-edit': { one: 'Contact', many: 'Contacts' },
  'campaign-run': { one: 'Sending', many: 'Sendings' },
  member: { one: 'Member', many: 'Members' },
  erasure: { one: 'Erased contact', many: 'Erased contacts' },
  review: { one: 'Review', many: 'Reviews' },
  'event-type': { one: 'Event type', many: 'Event types' },
  category: { one: 'Subscription category', many: 'Subscription categories' },
  list: { one: 'List', many: 'Lists' },
  site: { one: 'Site', many: 'Sites' },
  'contact-field': { one: 'Contact field', many: 'Contact fields' },
  view: { one: 'View of contacts', many: 'Views of contacts' },
};

/** "Segment", "Contact": what a document is called on screens. */
export const kindName = (kind: DocumentKind): string => kinds[kind].one;

const fields: Readonly<Record<string, string>> = {
  name: 'Name',
  description: 'Description',
  rule: 'Rule',
  live: 'Published version',
  subject: 'Subject',
  preheader: 'Preheader',
  format: 'Format',
  source: 'Content',
  messageId: 'Message',
  segmentId: 'Segment',
  scheduledAt: 'Time of sending',
  createdAt: 'Created',
  fromName: 'From name',
  fromEmail: 'From email',
  replyTo: 'Reply-to email',
  role: 'Role',
  active: 'Membership',
  parameters: 'Columns of its parameters',
  declared: 'Declared parameters',
  mapping: 'Fields its parameters fill',
  archived: 'Archived',
  retired: 'Columns switched off',
  state: 'State',
  counts: 'Progress',
  domains: 'Domains',
  consent: 'Consent',
  ignoredAddresses: 'Ignored addresses',
  listName: 'List',
  listKey: 'Key of the list',
  key: 'Key',
  label: 'Name',
  personal: 'Personal',
  required: 'Required',
  readOnly: 'Read-only',
  allowedValues: 'Values to choose from',
  min: 'Smallest value',
  max: 'Largest value',
  position: 'Order',
  computed: 'What it is worked out from',
  deleted: 'Deletion',
  tags: 'Tags',
  filters: 'Conditions',
  search: 'Search',
  sort: 'Sorting',
  order: 'Columns',
  hidden: 'Hidden columns',
  widths: 'Widths of columns',
  shared: 'Shared with everybody',
};

const isContactField = (field: string): field is keyof typeof contactFields => Object.hasOwn(contactFields, field);

/** "Segments". */
export const kindNames = (kind: DocumentKind): string => kinds[kind].many;

/** A field as people read it. Fields of a newer version get their own name, spaced. */
export function fieldName(kind: DocumentKind, field: string): string {
  if (isFieldId(field)) return fieldLabel(field);
  if (kind === 'contact-edit' && isContactField(field)) return contactFields[field].label;
  const known = fields[field];
  if (known !== undefined) return known;
  if (isContactField(field)) return contactFields[field].label;
  return keyWords(field);
}

/** "Name, Rule and Description". */
export function fieldNames(kind: DocumentKind, list: readonly string[]): string {
  const names = list.map((field) => fieldName(kind, field));
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

const campaignOf = (id: string): string => id.replace(/^run:/, '');

/** Where a document is opened; null when it has no screen of its own. */
export function documentHref(kind: DocumentKind, id: string, contactId: number | null): string | null {
  switch (kind) {
    case 'segment':
      return `/segments/${id}`;
    case 'message':
      return `/messages/${id}`;
    case 'campaign':
      return `/campaigns/${id}`;
    case 'campaign-run':
      return `/campaigns/${campaignOf(id)}`;
    case 'contact-edit':
      return contactId === null ? null : `/contacts/${contactId}`;
    case 'setting':
      return '/settings';
    case 'member':
      return '/settings/members';
    case 'contact-field':
      return '/settings/fields';
    case 'category':
      return '/settings/subscriptions';
    case 'list':
      return `/lists/${id}`;
    case 'view':
      return `/contacts?view=${id}`;
    case 'site':
      return `/settings/sites/${id}`;
    case 'event-type':
      return '/events';
    case 'erasure':
    case 'review':
      return null;
  }
}

/** A document by name: what it was called, else its number, else its kind. */
export function documentTitle(kind: DocumentKind, name: string, contactId: number | null): string {
  if (name !== '') return name;
  if (contactId !== null) return `Contact ${contactId}`;
  if (kind === 'setting') return 'Sender';
  return kindName(kind);
}
