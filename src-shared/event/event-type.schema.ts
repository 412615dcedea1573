import { z } from 'zod';

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

/** Body of the document `event-type:<key>`: which of its parameters become columns, for segments and reports offline. */
export const eventTypeSchema = z.object({
  key: z.string().min(1).max(200),
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
  /** Parameters that events of the API are checked for; without it anything is taken. */
  declared: z
    .array(z.object({ name: z.string().trim().min(1, 'Name the parameter').max(100), required: z.boolean() }))
    .max(100, 'At most 100 parameters can be declared')
    .optional(),
});
export type EventType = z.infer<typeof eventTypeSchema>;
export const EVENT_TYPE_VERSION = 1;
export const eventTypeId = (key: string): string => `event-type:${key}`.slice(0, 80);
