import { Button, Group } from '@mantine/core';
import { IconMathFunction, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { useCan } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type FieldList, type FieldSpec, fieldLists, fieldSpecs } from '#shared/contact/field.schema.ts';
import { ComputedDialog, type ComputedSpec, isComputed, newComputed } from './computed-dialog.tsx';
import { FieldDialog, type FieldDraft, newDraft } from './field-dialog.tsx';
import { FieldListTable } from './field-list-table.tsx';
import { GONE_WITH_COMPUTED, goneWithField } from './field-words.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** What the fields are as documents, and why the server refused some. */
function useFields() {
  const documents = useLive(() => data.documents('contact-field'), [], ['documents:contact-field']);
  const specs = fieldSpecs(documents.value ?? []);
  const refusals = new Map((documents.value ?? []).map(({ id, refusal }: Doc) => [id, refusal]));
  return { documents, specs, lists: fieldLists(specs), refusals };
}

/** A field without its id: the body of its document. */
function bodyOf({ id: _, ...body }: FieldSpec): Record<string, unknown> {
  return body;
}

/** The workspace's own fields of contacts, list by list. */
export function FieldSettings() {
  const { documents, specs, lists, refusals } = useFields();
  const format = useFormat();
  const mayEdit = useCan('edit');
  const maySeePersonal = useCan('readPersonal');
  const personalHere = usePersonalHere();
  const mayChange = mayEdit && maySeePersonal;
  const byTag = useTagFilter([...specs.values()], (field) => field);
  const [draft, setDraft] = useState<FieldDraft | null>(null);
  const [computed, setComputed] = useState<{ field: ComputedSpec; isNew: boolean } | null>(null);

  /** `from`: what was opened to be edited. Only what differs from it is written over what others changed since. */
  const save = async (changed: readonly FieldSpec[], from: FieldSpec | null = null) => {
    for (const spec of changed) {
      const base = from?.id === spec.id ? from : specs.get(spec.id);
      await data.saveDocument('contact-field', spec.id, bodyOf(spec), base && bodyOf(base));
    }
  };

  /** Puts the field before or after its neighbour of the same list. */
  const move = async ({ fields }: FieldList, field: FieldSpec, by: -1 | 1) => {
    const other = fields[fields.indexOf(field) + by];
    if (!other) return;
    try {
      const apart = field.position === other.position ? by : 0;
      await save([
        { ...field, position: other.position + apart },
        { ...other, position: field.position },
      ]);
    } catch (error) {
      notifyError('The order was not saved', error);
    }
  };

  const remove = async (field: FieldSpec) => {
    try {
      const rule = { type: 'fieldPresence', field: field.id, op: 'isSet' } as const;
      // Values that this device does not keep cannot be counted here; those that are worked out are not stored.
      const isHere = !isComputed(field) && (!field.personal || personalHere);
      const count = isHere ? (await data.segmentAnswer(rule, 0)).count : null;
      const yes = await confirm({
        title: `Delete the field “${field.label}”?`,
        consequence: isComputed(field) ? GONE_WITH_COMPUTED : goneWithField(count, format),
        action: count ? `Delete field and ${format.counted(count, 'value')}` : 'Delete field',
        danger: true,
      });
      if (!yes) return;
      await data.removeDocument(field.id);
      notifyDone(`“${field.label}” is deleted.`);
    } catch (error) {
      notifyError('The field was not deleted', error);
    }
  };

  return (
    <Section
      title="Contact fields"
      text="What you want to know of contacts besides names and addresses. The API knows a field by its key."
      aside={
        mayChange ? (
          <Group gap={8} wrap="nowrap">
            <Button
              variant="default"
              leftSection={<IconMathFunction size={16} stroke={1.5} aria-hidden />}
              onClick={() => setComputed({ field: newComputed(lists, specs), isNew: true })}
            >
              New computed field
            </Button>
            <Button
              leftSection={<IconPlus size={16} stroke={1.5} aria-hidden />}
              onClick={() => setDraft(newDraft(lists.find(({ fields }) => !fields.some(isComputed)) ?? null, specs))}
            >
              New field
            </Button>
          </Group>
        ) : null
      }
    >
      {documents.error !== null && documents.value === undefined ? (
        <ErrorState inline title="The fields are not shown" error={documents.error} retry={documents.reload} />
      ) : documents.value !== undefined && lists.length === 0 ? (
        <EmptyState compact title="No fields yet">
          A birthday, a shoe size, a loyalty level: what you store here stands on every contact’s card and can be asked
          for in segments.
        </EmptyState>
      ) : (
        <>
          {byTag.control ? <div className={classes.filter}>{byTag.control}</div> : null}
          {lists.map((one) => (
            <FieldListTable
              key={one.key}
              list={one}
              shown={one.fields.filter((field) => byTag.shown.includes(field))}
              mayChange={mayChange}
              refusals={refusals}
              onAdd={() =>
                one.fields.every(isComputed)
                  ? setComputed({ field: newComputed([one], specs), isNew: true })
                  : setDraft(newDraft(one, specs))
              }
              onEdit={(field) =>
                isComputed(field) ? setComputed({ field, isNew: false }) : setDraft({ field, isNew: false })
              }
              onMove={(field, by) => void move(one, field, by)}
              onRemove={(field) => void remove(field)}
            />
          ))}
        </>
      )}
      {computed ? (
        <ComputedDialog
          key={computed.field.id}
          draft={computed}
          lists={lists}
          specs={specs}
          onClose={() => setComputed(null)}
          save={(changed) => save(changed, computed.isNew ? null : computed.field)}
        />
      ) : null}
      {draft ? (
        <FieldDialog
          key={draft.field.id}
          draft={draft}
          lists={lists}
          specs={specs}
          onClose={() => setDraft(null)}
          save={(changed) => save(changed, draft.isNew ? null : draft.field)}
        />
      ) : null}
    </Section>
  );
}
