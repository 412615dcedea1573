import { z } from 'zod';
import { operand } from './leaf-parts.ts';

/**
 * On a parameter of an event that is a column (see the event type's switch). Texts are compared as they were sent, case and
 * all; they have values as a text condition has.
 */
export const parameterTestSchema = z.discriminatedUnion('op', [
  z.object({
    param: z.string().min(1, 'Choose a parameter').max(100),
    op: z.enum(['is', 'isNot', 'contains', 'anyOf']),
    values: z.array(operand).min(1, 'Enter a value').max(500, 'Enter at most 500 values'),
  }),
  z.object({
    param: z.string().min(1, 'Choose a parameter').max(100),
    op: z.enum(['atLeast', 'atMost', 'equals']),
    value: z.number('Enter a number').min(-1e15, 'Enter a larger number').max(1e15, 'Enter a smaller number'),
  }),
]);
export type ParameterTest = z.infer<typeof parameterTestSchema>;
export const MAX_PARAMETER_TESTS = 3;
