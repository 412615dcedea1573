import { z } from 'zod';
import { writableContactFields } from '#shared/contact/contact-fields.ts';
import { fieldIdSchema } from '#shared/contact/field.schema.ts';
import { tagsSchema } from '#shared/contact/tag.schema.ts';
import { declaredTypes } from './declared-parameters.ts';

/** How many parameters of one event type can be columns, by kind of value. */
export const EVENT_TEXT_SLOTS = 4;
export const EVENT_NUMBER_SLOTS = 4;

const parameter = z.object({
  /** Key in the event's params. */
  key: z.string().trim().min(1, 'Name the parameter').max(100),
  kind: z.enum(['text', 'number']),
  /** Column slot; never given to another parameter of this type again, because old chunks carry its values. */
  slot: z.int().min(0),
});

const parameterName = z.string().trim().min(1, 'Name the parameter').max(100);
const declaredParameter = z.object({
  name: parameterName,
  required: z.boolean(),
  /** What its value has to be; absent: anything. */
  type: z.enum(declaredTypes).optional(),
});

/** A contact's field that a parameter fills: one of the fixed ones, or an additional field by its id. */
export const mappedFieldSchema = z.union([z.enum(writableContactFields), fieldIdSchema]);
const mapping = z.object({ parameter: parameterName, field: mappedFieldSchema });

/** Names are compared without case, so each may stand once whatever its case. */
function onceEach<T>(nameOf: (entry: T) => string, message: string) {
  return (list: T[], context: z.RefinementCtx) => {
    const seen = new Set<string>();
    for (const [at, entry] of list.entries()) {
      const name = nameOf(entry).toLowerCase();
      if (seen.has(name)) context.addIssue({ code: 'custom', path: [at], message });
      seen.add(name);
    }
  };
}

/**
 * Body of the document `event-type:<key>`: how the type is called, which of its parameters become columns (for segments and
 * reports offline), what its events are checked for, and what they tell of their contact. A type without one has no switches.
 */
export const eventTypeSchema = z.object({
  key: z.string().min(1).max(200),
  /** As people call it; without one, its key in words. */
  name: z.string().trim().max(120).optional(),
  description: z.string().max(1_000).optional(),
  /** Out of sight in lists; its events are stored as before. */
  archived: z.boolean().optional(),
  /** Of what Muster raises itself: whether it is stored; absent: as the catalogue says. */
  kept: z.boolean().optional(),
  tags: tagsSchema,
  parameters: z
    .array(parameter)
    .max(EVENT_TEXT_SLOTS + EVENT_NUMBER_SLOTS)
    .superRefine((list, context) => {
      const seen = new Set<string>();
      for (const [at, { key, kind, slot }] of list.entries()) {
        const limit = kind === 'text' ? EVENT_TEXT_SLOTS : EVENT_NUMBER_SLOTS;
        if (slot >= limit) {
          const message = `At most ${limit} ${kind} parameters can be columns`;
          context.addIssue({ code: 'custom', path: [at, 'slot'], message });
        }
        for (const mark of [`key ${key}`, `${kind} ${slot}`]) {
          if (seen.has(mark)) context.addIssue({ code: 'custom', path: [at], message: 'Each parameter once' });
          seen.add(mark);
        }
      }
    }),
  /** Columns that were switched off. Their slots are the last to be given away again: old chunks carry their values. */
  retired: z.array(parameter).max(40).optional(),
  /** Parameters that events of the API are checked for; without it anything is taken. */
  declared: z
    .array(declaredParameter)
    .max(100, 'At most 100 parameters can be declared')
    .superRefine(onceEach(({ name }) => name, 'Each parameter is declared once'))
    .optional(),
  /** What a parameter tells of the contact. */
  mapping: z
    .array(mapping)
    .max(100, 'At most 100 parameters can fill fields')
    .superRefine(onceEach(({ parameter }) => parameter, 'Each parameter fills one field'))
    .superRefine(onceEach(({ field }) => field, 'Each field is filled by one parameter'))
    .optional(),
});
export type EventType = z.infer<typeof eventTypeSchema>;
export type MappedField = z.infer<typeof mappedFieldSchema>;
export const EVENT_TYPE_VERSION = 3;
/** Everything that came after version 1 may be left out of sight: an older app reads the rest. */
export const eventTypeNeeds = (): number => 1;
export const eventTypeId = (key: string): string => `event-type:${key}`.slice(0, 80);
