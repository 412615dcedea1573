import { useState } from 'react';
import { type FieldList, type FieldSpec, type FieldSpecs, freeKey } from '#shared/contact/field.schema.ts';

export type NamedField = Pick<FieldSpec, 'id' | 'label' | 'listName' | 'listKey' | 'key'>;

/** How a field is called. Keys follow the names until somebody writes one. */
export function useFieldNames({
  field,
  isNew,
  lists,
  specs,
  change,
}: {
  field: NamedField;
  isNew: boolean;
  lists: readonly FieldList[];
  specs: FieldSpecs;
  change: (part: Partial<NamedField>) => void;
}) {
  const [ownKey, setOwnKey] = useState(!isNew);
  const keysOf = (listKey: string) =>
    [...specs.values()].filter((one) => one.listKey === listKey && one.id !== field.id).map(({ key }) => key);
  return {
    rename: (label: string) =>
      change({ label, ...(ownKey ? {} : { key: label === '' ? '' : freeKey(label, keysOf(field.listKey), 'FIELD') }) }),
    chooseList: (name: string) => {
      const known = lists.find((one) => one.name === name);
      const taken = lists.map(({ key }) => key);
      change({ listName: name, listKey: known?.key ?? (name.trim() === '' ? '' : freeKey(name, taken, 'LIST')) });
    },
    writeKey: (key: string) => {
      setOwnKey(key !== '');
      change({ key: key.toUpperCase() });
    },
  };
}

/** A list is called alike by all of its fields: those that have to follow a field that was renamed. */
export const listFollowers = (next: FieldSpec, specs: FieldSpecs): FieldSpec[] =>
  [...specs.values()]
    .filter((one) => one.id !== next.id && one.listKey === next.listKey && one.listName !== next.listName)
    .map((one) => ({ ...one, listName: next.listName }));
