import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDotsVertical, IconPencil, IconTrash } from '@tabler/icons-react';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { sentenceCase } from '#renderer/ui/format.ts';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { computedWords } from '#shared/contact/computed-words.ts';
import { type FieldList, type FieldSpec, fieldPath } from '#shared/contact/field.schema.ts';
import { ruleOfField, typeName } from './field-words.ts';
import classes from './settings.module.css';

const columns: readonly ListColumn[] = [
  { head: 'Name' },
  { head: 'Type', width: 120 },
  { head: 'Key', width: 180 },
  { head: 'Tags', width: 170 },
];
const withActions: readonly ListColumn[] = [...columns, { head: 'Actions', width: 44, unseen: true }];

type Deeds = {
  onEdit: (field: FieldSpec) => void;
  onMove: (field: FieldSpec, by: -1 | 1) => void;
  onRemove: (field: FieldSpec) => void;
};

type Props = Deeds & {
  list: FieldList;
  /** Those of the list that pass the filter. */
  shown: readonly FieldSpec[];
  mayChange: boolean;
  /** Why the server refused a field, by id. */
  refusals: ReadonlyMap<string, string | null>;
  onAdd: () => void;
};

/** The fields of one list. */
export function FieldListTable({ list: { key, name, fields }, shown, mayChange, refusals, onAdd, ...deeds }: Props) {
  if (shown.length === 0) return null;
  return (
    <section aria-label={name} className={classes.fieldList}>
      <div className={classes.fieldListHead}>
        <h3 className={classes.fieldListName}>{name}</h3>
        <span className={classes.hint}>{key}</span>
        {mayChange ? (
          <Button
            ml="auto"
            size="compact-xs"
            variant="subtle"
            color="gray"
            aria-label={`Add field to ${name}`}
            onClick={onAdd}
          >
            Add field
          </Button>
        ) : null}
      </div>
      <ListTable label={name} columns={mayChange ? withActions : columns}>
        {shown.map((field) => (
          <FieldRow
            key={field.id}
            field={field}
            refusal={refusals.get(field.id) ?? null}
            mayChange={mayChange}
            isFirst={field === fields[0]}
            isLast={field === fields.at(-1)}
            {...deeds}
          />
        ))}
      </ListTable>
    </section>
  );
}

type RowProps = Deeds & {
  field: FieldSpec;
  refusal: string | null;
  mayChange: boolean;
  isFirst: boolean;
  isLast: boolean;
};

function FieldRow({ field, refusal, mayChange, ...menu }: RowProps) {
  const format = useFormat();
  return (
    <tr>
      <td>
        <span className={classes.fieldName} title={field.label}>
          {field.label}
        </span>
        <FieldRule field={field} />
        {refusal === null ? null : (
          <span className={classes.problem} role="alert">
            {refusal}
          </span>
        )}
      </td>
      <td className={list.dim}>{typeName(field, format.currency)}</td>
      <td className={list.dim}>
        <code title={fieldPath(field)}>{fieldPath(field)}</code>
      </td>
      <td>
        <DocTags id={field.id} kind="contact-field" of={field.label} mayEdit={mayChange} />
      </td>
      {mayChange ? (
        <td>
          <FieldMenu field={field} {...menu} />
        </td>
      ) : null}
    </tr>
  );
}

/** What else is to be said of a field: what it is worked out from, or what its values are to be. */
function FieldRule({ field }: { field: FieldSpec }) {
  const { count, event } = useFormat();
  const words = field.computed
    ? computedWords(field.computed, { count, event, status: sentenceCase })
    : ruleOfField(field);
  return (
    <span className={classes.fieldRule} title={words}>
      {words}
    </span>
  );
}

type MenuProps = Omit<RowProps, 'refusal' | 'mayChange'>;

function FieldMenu({ field, isFirst, isLast, onEdit, onMove, onRemove }: MenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={`Actions for ${field.label}`}>
          <IconDotsVertical size={16} stroke={1.5} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} stroke={1.5} aria-hidden />} onClick={() => onEdit(field)}>
          Edit
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowUp size={16} stroke={1.5} aria-hidden />}
          disabled={isFirst}
          onClick={() => onMove(field, -1)}
        >
          Move up
        </Menu.Item>
        <Menu.Item
          leftSection={<IconArrowDown size={16} stroke={1.5} aria-hidden />}
          disabled={isLast}
          onClick={() => onMove(field, 1)}
        >
          Move down
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="red"
          leftSection={<IconTrash size={16} stroke={1.5} aria-hidden />}
          onClick={() => onRemove(field)}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
