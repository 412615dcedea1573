import { sentenceCase } from '#renderer/ui/format.ts';
import { Time } from '#renderer/ui/time.tsx';
import { type ContactField, contactFields } from '#shared/contact/contact-fields.ts';
import { ValueRow } from './value-row.tsx';

export type ContactFieldRowProps = {
  id: number;
  field: ContactField;
  value: string | number | null;
  pending: boolean;
  /** Whether the person may change it. */
  editable: boolean;
};

/** A field every workspace has. */
export function ContactFieldRow({ id, field, value, pending, editable }: ContactFieldRowProps) {
  const spec = contactFields[field];
  const text = wordsOf(field, value);
  return (
    <ValueRow
      id={id}
      field={field}
      spec={{ label: spec.label, type: 'text', allowedValues: [] }}
      text={text}
      shown={spec.type === 'instant' && typeof value === 'number' ? <Time at={value} withTime /> : text}
      before={text}
      pending={pending}
      editable={spec.editable && editable}
    />
  );
}

function wordsOf(field: ContactField, value: string | number | null): string {
  // An instant is shown with its own words.
  if (value === null || contactFields[field].type === 'instant') return '';
  if (field !== 'emailStatus') return String(value);
  return value === 'none' ? '' : sentenceCase(String(value));
}
