import { MultiSelect } from '@mantine/core';
import { useLists } from '#renderer/parts/list-names.ts';

/** Which subscribers a message is for; nothing is shown in a workspace without categories. */
export function MessageCategories({
  value,
  onChange,
}: {
  value: readonly string[];
  onChange: (categories: string[]) => void;
}) {
  const categories = (useLists() ?? []).filter(({ kind }) => kind === 'category');
  if (categories.length === 0 && value.length === 0) return null;
  const known = new Set(categories.map(({ id }) => id));
  const gone = value.filter((id) => !known.has(id)).map((id) => ({ value: id, label: 'A deleted category' }));
  return (
    <MultiSelect
      label="Only for subscribers of"
      placeholder={value.length === 0 ? 'Everybody who gets mail' : ''}
      data={[...categories.map(({ id, name }) => ({ value: id, label: name })), ...gone]}
      value={[...value]}
      clearable
      onChange={onChange}
    />
  );
}
