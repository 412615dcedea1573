import { z } from 'zod';
import { fold } from '#shared/kernel/fold.ts';
import { computedSchema, computedType } from './computed.schema.ts';
import { tagsSchema } from './tag.schema.ts';

/** What an additional field of contacts can hold. */
export const additionalTypes = [
  'text',
  'integer',
  'decimal',
  'date',
  'dateTime',
  'time',
  'choice',
  'multiple',
  'boolean',
  'email',
  'url',
] as const;
export type AdditionalType = (typeof additionalTypes)[number];

/** Text a person or a machine writes may be anybody's: it is personal unless somebody says otherwise. */
export const isPersonalByDefault = (type: AdditionalType): boolean =>
  type === 'text' || type === 'email' || type === 'url';

export const hasAllowedValues = (type: AdditionalType): boolean => type === 'choice' || type === 'multiple';
export const hasBounds = (type: AdditionalType): boolean =>
  type === 'integer' || type === 'decimal' || type === 'date' || type === 'dateTime' || type === 'time';

/** Id of the document of a field, and the key of its values wherever they are stored. Never changes, never given again. */
export type FieldId = `field:${string}`;
const FIELD_ID = /^field:[0-9a-f-]{8,60}$/;
export const isFieldId = (id: unknown): id is FieldId => typeof id === 'string' && FIELD_ID.test(id);
/** Computed fields are told by their ids: who knows no computed fields must not read a segment that asks for one. */
const COMPUTED_ID = 'field:0-';
export const computedFieldId = (uuid: string): FieldId => `${COMPUTED_ID}${uuid}`;
export const isComputedId = (id: unknown): boolean => isFieldId(id) && id.startsWith(COMPUTED_ID);
export const fieldIdSchema = z.custom<FieldId>(isFieldId, 'Choose a field');

export const MAX_ALLOWED_VALUES = 100;
/** Stands between the values of a multiple choice where a column holds them as one text. */
export const VALUE_SEPARATOR = '\u001F';

const key = z
  .string()
  .trim()
  .min(1, 'Give it a key')
  .max(40, 'A key has at most 40 characters')
  .regex(/^[A-Z][A-Z0-9_]*$/, 'A key begins with a letter and has capital letters A–Z, digits and _ only');
const allowedValue = z
  .string()
  .trim()
  .min(1, 'A value cannot be empty')
  .max(60, 'A value has at most 60 characters')
  .regex(/^[^\p{Cc}]*$/u, 'A value is one line of text');
/** As stored: see field-value.ts. */
const bound = z.int('Enter a value that the field could have').nullable().default(null);

/**
 * Body of a `contact-field` document: one additional field. Its type and whether it is personal never change, because
 * values are stored by the one and handed out by the other; see decision 0022.
 */
export const contactFieldSchema = z
  .object({
    listName: z.string().trim().min(1, 'Name the list').max(80, 'A name has at most 80 characters'),
    listKey: key,
    key,
    label: z.string().trim().min(1, 'Name the field').max(80, 'A name has at most 80 characters'),
    type: z.enum(additionalTypes, 'Choose a type'),
    personal: z.boolean(),
    /** A value cannot be taken away. Contacts may still come without one. */
    required: z.boolean().default(false),
    /** Written by the API, imports and events; never by a person. */
    readOnly: z.boolean().default(false),
    allowedValues: z
      .array(allowedValue)
      .max(MAX_ALLOWED_VALUES, `At most ${MAX_ALLOWED_VALUES} values can be chosen from`)
      .default([]),
    min: bound,
    max: bound,
    /** Order within the workspace. */
    position: z.number().default(0),
    tags: tagsSchema,
    /** Worked out from events or orders; nobody writes its values. */
    computed: computedSchema.nullish(),
  })
  .superRefine((field, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (hasAllowedValues(field.type) && field.allowedValues.length === 0) {
      problem('allowedValues', 'Enter the values that can be chosen');
    }
    if (!hasAllowedValues(field.type) && field.allowedValues.length > 0) {
      problem('allowedValues', 'Only a choice has values to choose from');
    }
    const folded = field.allowedValues.map(fold);
    const twice = field.allowedValues.find((_, at) => folded.indexOf(folded[at] ?? '') !== at);
    if (twice !== undefined) problem('allowedValues', `“${twice}” is there twice`);
    if (!hasBounds(field.type) && (field.min !== null || field.max !== null)) {
      problem(field.min === null ? 'max' : 'min', 'Only numbers, dates and times have limits');
    }
    if (field.min !== null && field.max !== null && field.min > field.max) {
      problem('max', 'The largest value lies below the smallest');
    }
    if (!field.computed) return;
    if (field.type !== computedType(field.computed)) problem('type', 'The type follows from what is worked out');
    if (field.personal) problem('personal', 'What is worked out from events and orders is not personal');
    if (field.required) problem('required', 'A computed value cannot be required');
    if (field.min !== null || field.max !== null) problem('min', 'A computed value has no limits');
  });
export type ContactFieldBody = z.infer<typeof contactFieldSchema>;
export const CONTACT_FIELD_VERSION = 2;
/** [VER-5] What is not computed can be read by what came before computed fields. */
export const contactFieldNeeds = ({ computed }: Readonly<Record<string, unknown>>): number =>
  computed === undefined || computed === null ? 1 : CONTACT_FIELD_VERSION;

/** An additional field with its id. */
export type FieldSpec = ContactFieldBody & { id: FieldId };
/** The workspace's additional fields by id, in their order. */
export type FieldSpecs = ReadonlyMap<FieldId, FieldSpec>;

/** Reads documents of fields; what this build cannot read is as if it were not there. */
export function fieldSpecs(documents: Iterable<{ id: string; body: unknown }>): FieldSpecs {
  const found: FieldSpec[] = [];
  for (const { id, body } of documents) {
    const parsed = contactFieldSchema.safeParse(body);
    if (parsed.success && isFieldId(id)) found.push({ ...parsed.data, id });
  }
  found.sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  return new Map(found.map((spec) => [spec.id, spec]));
}

export type FieldList = { key: string; name: string; fields: FieldSpec[] };

/** The fields by list, lists in the order of their first field. */
export function fieldLists(specs: FieldSpecs): FieldList[] {
  const lists = new Map<string, FieldList>();
  for (const spec of specs.values()) {
    const list = lists.get(spec.listKey) ?? { key: spec.listKey, name: spec.listName, fields: [] };
    list.fields.push(spec);
    lists.set(spec.listKey, list);
  }
  return [...lists.values()];
}

/** How the API and messages call a field: LIST.FIELD. */
export const fieldPath = ({ listKey, key }: Pick<ContactFieldBody, 'listKey' | 'key'>): string => `${listKey}.${key}`;

/** A key made from a name: "Favourite colour" → FAVOURITE_COLOUR. Letters beyond A–Z give nothing to make one from. */
export function keyFromName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  return plain.slice(0, 40).replace(/_+$/, '');
}

/** The key from a name that none of `taken` has. */
export function freeKey(name: string, taken: readonly string[], fallback: string): string {
  const base = keyFromName(name) || fallback;
  for (let count = 1; ; count++) {
    const made = count === 1 ? base : `${base.slice(0, 36)}_${count}`;
    if (!taken.includes(made)) return made;
  }
}

export type FieldProblem = { field: keyof ContactFieldBody; message: string };

/** What of a field contradicts the other fields, or what it was before; the schema has judged it by itself. */
export function fieldProblem(
  next: FieldSpec,
  others: FieldSpecs,
  before: ContactFieldBody | null,
): FieldProblem | null {
  if (before && before.type !== next.type) {
    return { field: 'type', message: 'A field keeps its type: values are stored by it. Make a new field instead.' };
  }
  if (before && before.personal !== next.personal) {
    return {
      field: 'personal',
      message: 'Whether a field is personal never changes: devices hold its values already. Make a new field instead.',
    };
  }
  if (isComputedId(next.id) !== Boolean(next.computed)) {
    return { field: 'computed', message: 'A field stays computed or not, as it was made. Make a new field instead.' };
  }
  for (const other of others.values()) {
    if (other.id !== next.id && other.listKey === next.listKey && other.key === next.key) {
      return { field: 'key', message: `The field “${other.label}” of this list has the key ${next.key} already.` };
    }
  }
  return null;
}
