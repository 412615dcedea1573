import { Button, Modal, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { FieldInput } from '#renderer/parts/field-input.tsx';
import { fieldLabel, fieldSpecsNow, useFieldSpecs } from '#renderer/parts/field-store.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { type BulkField, bulkFields } from '#shared/contact/bulk.schema.ts';
import { contactFields } from '#shared/contact/contact-fields.ts';
import { type FieldId, isFieldId } from '#shared/contact/field.schema.ts';
import classes from './bulk.module.css';

type AnyBulkField = BulkField | FieldId;
const isBulkField = (text: string): text is BulkField => bulkFields.some((field) => field === text);
const asField = (text: string | null): AnyBulkField | null =>
  text !== null && (isFieldId(text) || isBulkField(text)) ? text : null;

type Props = { people: string; onSet: (field: AnyBulkField, to: string | null) => void; onClose: () => void };

/** Which field gets which value, for everybody who is chosen. */
export function FieldForm({ people, onSet, onClose }: Props) {
  const [field, setField] = useState<AnyBulkField | null>(null);
  const [draft, setDraft] = useState('');
  const groups = useFieldChoices();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (field === null) return;
    const value = draft.trim();
    onSet(field, value === '' ? null : value);
  };
  const spec = field !== null && isFieldId(field) ? fieldSpecsNow().get(field) : undefined;
  const shown = spec ?? { label: 'Value', type: 'text' as const, allowedValues: [] };
  return (
    <Modal opened onClose={onClose} title={`Set a field of ${people}`} size={420}>
      <form className={classes.form} onSubmit={submit}>
        <Select
          data-autofocus
          label="Field"
          placeholder="Choose a field"
          data={groups}
          searchable
          value={field}
          onChange={(next) => {
            setField(asField(next));
            setDraft('');
          }}
        />
        {field === null ? null : (
          <div className={classes.label}>
            <span aria-hidden>New value</span>
            <FieldInput
              key={field}
              spec={{ ...shown, label: 'New value' }}
              draft={draft}
              problem={null}
              onDraft={setDraft}
              onSave={setDraft}
              onLeave={() => undefined}
            />
          </div>
        )}
        <Button type="submit" fullWidth disabled={field === null}>
          {field !== null && draft.trim() === '' ? `Empty ${fieldLabel(field)}` : 'Go on'}
        </Button>
      </form>
    </Modal>
  );
}

/** What a person may set here, grouped as on the card. */
function useFieldChoices() {
  const personal = usePersonalHere();
  const specs = useFieldSpecs();
  const own = bulkFields
    .filter((field) => personal || !contactFields[field].personal)
    .map((field) => ({ value: field as string, label: contactFields[field].label as string }));
  const groups = new Map([['Contact', own]]);
  for (const { id, label, listName, readOnly, computed } of specs.values()) {
    if (readOnly || computed) continue;
    groups.set(listName, [...(groups.get(listName) ?? []), { value: id, label }]);
  }
  return [...groups].map(([group, items]) => ({ group, items }));
}
