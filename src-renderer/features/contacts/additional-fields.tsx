import type { ContactRow } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { draftOf } from '#renderer/parts/field-input.tsx';
import { fieldValueWords, useFieldSpecs } from '#renderer/parts/field-store.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { AnyField } from '#shared/contact/contact-edit.schema.ts';
import { fieldLists } from '#shared/contact/field.schema.ts';
import classes from './contact-panel.module.css';
import { ValueRow } from './value-row.tsx';

export type AdditionalFieldsProps = {
  row: ContactRow;
  pending: readonly AnyField[];
  /** Whether the person may change values. */
  editable: boolean;
};

/** The workspace's own fields of a contact, list by list, each edited where it stands. */
export function AdditionalFields({ row, pending, editable }: AdditionalFieldsProps) {
  const format = useFormat();
  const lists = fieldLists(useFieldSpecs());
  const computed = useLive((from) => from.computedOf(row.id), [row.id], ['columns', 'documents:contact-field']);
  return lists.map((list) => (
    <PanelSection key={list.key} title={list.name}>
      <dl className={classes.fields}>
        {list.fields.map((spec) => {
          const cell = (spec.computed ? computed.value : row.fields)?.[spec.id] ?? null;
          return (
            <ValueRow
              key={spec.id}
              id={row.id}
              field={spec.id}
              spec={spec}
              text={cell === null ? '' : fieldValueWords(spec, cell, format)}
              before={draftOf(spec, cell, format.zone)}
              pending={pending.includes(spec.id)}
              editable={editable && !spec.readOnly && !spec.computed}
            />
          );
        })}
      </dl>
    </PanelSection>
  ));
}
