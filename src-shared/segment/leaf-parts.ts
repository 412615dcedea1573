import { z } from 'zod';

/** What a text is compared with. */
export const operand = z.string().min(1, 'Enter a value').max(500, 'A value has at most 500 characters');

/** What an instant may be: years 1 to 9999, which every engine can hold. */
const instant = z
  .int('Choose a date')
  .min(-62_135_596_800_000, 'Choose a later date')
  .max(253_402_300_799_999, 'Choose an earlier date');
const days = z.int('Enter a whole number of days').min(1, 'Enter at least 1 day').max(3650, 'Enter at most 3650 days');

/**
 * lastDays: moves with the clock, from N·86,400 s before now up to now. localDays: today and the N − 1 days before it
 * in the workspace's zone, up to now. between: fixed instants [from, to), either side may be open.
 */
export const periodSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('lastDays'), days }),
  z.object({ type: z.literal('localDays'), days }),
  z
    .object({ type: z.literal('between'), from: instant.nullable(), to: instant.nullable() })
    .superRefine(({ from, to }, context) => {
      if (from === null && to === null) {
        context.addIssue({ code: 'custom', path: ['from'], message: 'Choose a start or an end' });
      } else if (from !== null && to !== null && from >= to) {
        context.addIssue({ code: 'custom', path: ['to'], message: 'The end must be after the start' });
      }
    }),
]);
export type Period = z.infer<typeof periodSchema>;
