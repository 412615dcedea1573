/** Conditions on additional fields: one kind for each way in which values are compared, whatever the field's type is called. */
import { z } from 'zod';
import { type AdditionalType, type FieldId, fieldIdSchema } from '#shared/contact/field.schema.ts';
import { operand, periodSchema } from './leaf-parts.ts';

const values = z.array(operand).min(1, 'Enter a value').max(500, 'Enter at most 500 values');

/** Text, single choice, email, URL: as on the fields every workspace has. */
export const fieldTextLeafSchema = z.object({
  type: z.literal('fieldText'),
  field: fieldIdSchema,
  op: z.enum(['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith', 'anyOf']),
  values,
});
/** Integer, decimal, time, yes/no; `value` as it is stored (yes is 1, no is 0). */
export const fieldNumberLeafSchema = z.object({
  type: z.literal('fieldNumber'),
  field: fieldIdSchema,
  op: z.enum(['atLeast', 'atMost', 'equals']),
  value: z.int('Enter a number'),
});
/** Date, date-time. */
export const fieldDateLeafSchema = z.object({
  type: z.literal('fieldDate'),
  field: fieldIdSchema,
  op: z.enum(['within', 'notWithin']),
  period: periodSchema,
});
/** Multiple choice. */
export const fieldSetLeafSchema = z.object({
  type: z.literal('fieldSet'),
  field: fieldIdSchema,
  op: z.enum(['hasAny', 'hasAll', 'hasNone']),
  values,
});
export const fieldPresenceLeafSchema = z.object({
  type: z.literal('fieldPresence'),
  field: fieldIdSchema,
  op: z.enum(['isSet', 'isEmpty']),
});

export type FieldTextLeaf = z.infer<typeof fieldTextLeafSchema>;
export type FieldNumberLeaf = z.infer<typeof fieldNumberLeafSchema>;
export type FieldDateLeaf = z.infer<typeof fieldDateLeafSchema>;
export type FieldSetLeaf = z.infer<typeof fieldSetLeafSchema>;
export type FieldPresenceLeaf = z.infer<typeof fieldPresenceLeafSchema>;
export type FieldLeaf = FieldTextLeaf | FieldNumberLeaf | FieldDateLeaf | FieldSetLeaf | FieldPresenceLeaf;

const leafOfType = {
  text: 'fieldText',
  choice: 'fieldText',
  email: 'fieldText',
  url: 'fieldText',
  integer: 'fieldNumber',
  decimal: 'fieldNumber',
  time: 'fieldNumber',
  boolean: 'fieldNumber',
  date: 'fieldDate',
  dateTime: 'fieldDate',
  multiple: 'fieldSet',
} as const satisfies Record<AdditionalType, FieldLeaf['type']>;

/** Which kind of condition compares values of a type. */
export const fieldLeafType = (type: AdditionalType): (typeof leafOfType)[AdditionalType] => leafOfType[type];

export const isFieldLeaf = (leaf: { type: string }): leaf is FieldLeaf => leaf.type.startsWith('field');

/** A fresh condition on a field. */
export function newFieldLeaf(field: FieldId, type: AdditionalType): FieldLeaf {
  if (type === 'boolean') return { type: 'fieldNumber', field, op: 'equals', value: 1 };
  switch (fieldLeafType(type)) {
    case 'fieldSet':
      return { type: 'fieldSet', field, op: 'hasAny', values: [] };
    case 'fieldNumber':
      return { type: 'fieldNumber', field, op: 'atLeast', value: 0 };
    case 'fieldDate':
      return { type: 'fieldDate', field, op: 'within', period: { type: 'lastDays', days: 30 } };
    default:
      return type === 'choice'
        ? { type: 'fieldText', field, op: 'anyOf', values: [] }
        : { type: 'fieldText', field, op: 'contains', values: [''] };
  }
}
