import type { AdditionalType, FieldSpec } from '#shared/contact/field.schema.ts';
import { textOfCell } from '#shared/contact/field-value.ts';

/** What a type is called, with an example of a value. */
export const typeWords: Record<AdditionalType, { name: string; example: string }> = {
  text: { name: 'Text', example: 'up to 1,000 characters' },
  integer: { name: 'Whole number', example: '42' },
  decimal: { name: 'Decimal number', example: '12.5' },
  date: { name: 'Date', example: '23 Nov 2026' },
  dateTime: { name: 'Date and time', example: '23 Nov 2026, 14:30' },
  time: { name: 'Time', example: '14:30' },
  choice: { name: 'Single choice', example: 'one of a list' },
  multiple: { name: 'Multiple choice', example: 'several of a list' },
  boolean: { name: 'Yes or no', example: 'yes' },
  email: { name: 'Email', example: 'anna@example.com' },
  url: { name: 'Web address', example: 'https://example.com' },
};

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
