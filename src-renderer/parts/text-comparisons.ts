import type { FieldTextLeaf } from '#shared/segment/field-leaf.schema.ts';
import type { PresenceLeaf, TextLeaf } from '#shared/segment/segment.schema.ts';

/** How text is compared, on the fields every workspace has and on additional ones alike. */
type TextOp = TextLeaf['op'] & FieldTextLeaf['op'];

export const textOps: readonly { value: TextOp; label: string }[] = [
  { value: 'contains', label: 'contains' },
  { value: 'notContains', label: 'does not contain' },
  { value: 'is', label: 'is' },
  { value: 'isNot', label: 'is not' },
  { value: 'startsWith', label: 'starts with' },
  { value: 'endsWith', label: 'ends with' },
  { value: 'anyOf', label: 'is any of' },
];
/** Of a value that is chosen, not written. */
export const choiceOps = textOps.filter(({ value }) => value === 'anyOf' || value === 'isNot');
export const presenceOps: readonly { value: PresenceLeaf['op']; label: string }[] = [
  { value: 'isSet', label: 'is set' },
  { value: 'isEmpty', label: 'is empty' },
];

/** Whether a comparison takes more than one value. */
export const several = (op: string): boolean => op === 'anyOf' || op === 'isNot' || op === 'is';

/** The same condition with another comparison; its values stay where they still mean something. */
export function withTextOp<T extends { op: TextOp; values: string[] }>(leaf: T, op: string): T {
  const next = textOps.find(({ value }) => value === op)?.value ?? leaf.op;
  const values = leaf.values.filter((value) => value !== '');
  return { ...leaf, op: next, values: several(next) ? values : [values[0] ?? ''] };
}
