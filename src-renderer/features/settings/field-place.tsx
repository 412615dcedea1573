import { Autocomplete, Group, TextInput } from '@mantine/core';
import type { FieldList } from '#shared/contact/field.schema.ts';
import type { NamedField, useFieldNames } from './use-field-names.ts';

/** In which list a field stands, and what the API calls it. */
export function FieldPlace({
  field,
  lists,
  names,
  problems,
}: {
  field: NamedField;
  lists: readonly FieldList[];
  names: ReturnType<typeof useFieldNames>;
  problems: Partial<Record<'listName' | 'listKey' | 'key', string>>;
}) {
  return (
    <Group grow gap={8} align="flex-start">
      <Autocomplete
        label="List"
        description="Choose one or name a new one"
        data={lists.map(({ name }) => name)}
        value={field.listName}
        error={problems.listName ?? problems.listKey}
        onChange={names.chooseList}
      />
      <TextInput
        label="Key"
        description="What the API calls it"
        maxLength={40}
        value={field.key}
        error={problems.key}
        onChange={(event) => names.writeKey(event.currentTarget.value)}
      />
    </Group>
  );
}
