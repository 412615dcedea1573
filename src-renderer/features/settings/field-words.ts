import type { Format } from '#renderer/ui/format.ts';
import { isMoney } from '#shared/contact/computed.schema.ts';
import type { AdditionalType, FieldSpec } from '#shared/contact/field.schema.ts';
import { textOfCell } from '#shared/contact/field-value.ts';

/** What a type is called, and what it holds. */
export const typeWords: Record<AdditionalType, { name: string; holds: string }> = {
  text: { name: 'Text', holds: 'Up to 1,000 characters' },
  integer: { name: 'Whole number', holds: 'Such as 42' },
  decimal: { name: 'Decimal number', holds: 'Such as 12.5, with up to 4 digits after the point' },
  date: { name: 'Date', holds: 'Such as 23 Nov 2026' },
  dateTime: { name: 'Date and time', holds: 'Such as 23 Nov 2026, 14:30' },
  time: { name: 'Time', holds: 'Such as 14:30' },
  choice: { name: 'Single choice', holds: 'One of the values below' },
  multiple: { name: 'Multiple choice', holds: 'Any of the values below' },
  boolean: { name: 'Yes or no', holds: 'Yes, no, or nothing' },
  email: { name: 'Email', holds: 'Such as anna@example.com' },
  url: { name: 'Web address', holds: 'Such as https://example.com' },
};

/** What its values are, in words. */
export function typeName({ type, computed }: Pick<FieldSpec, 'type' | 'computed'>, currency: string): string {
  return computed && isMoney(computed) ? `Amount in ${currency}` : typeWords[type].name;
}

/** What else holds of a field: "Required · 1 to 10 · 3 values". */
export function ruleOfField({ type, personal, required, readOnly, allowedValues, min, max }: FieldSpec): string {
  const text = (value: number) => textOfCell(type, value);
  const bounds =
    min !== null && max !== null
      ? `${text(min)} to ${text(max)}`
      : min !== null
        ? `from ${text(min)}`
        : max !== null
          ? `up to ${text(max)}`
          : null;
  return [
    personal ? 'Personal' : null,
    required ? 'Required' : null,
    readOnly ? 'Read-only' : null,
    allowedValues.length > 0 ? allowedValues.join(', ') : null,
    bounds,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** What goes with a computed field that is deleted: nothing of it is stored. */
export const GONE_WITH_COMPUTED =
  'It disappears from cards and lists; the orders and events it is worked out from stay. Segments that ask for it will find nobody by it.';

/** What goes with a field that is deleted; `count`: how many contacts have a value, null where that is not known. */
export function goneWithField(count: number | null, format: Pick<Format, 'counted'>): string {
  if (count === 0) return 'No contact has a value in it.';
  const who =
    count === null
      ? 'This device does not keep its values and cannot tell how many contacts have one'
      : `${format.counted(count, 'contact has', 'contacts have')} a value in it`;
  return `${who}; those values disappear everywhere. Segments that ask for it will find nobody by it.`;
}
