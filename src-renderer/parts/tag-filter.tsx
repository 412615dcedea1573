import { Select } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { tagsOf } from '#shared/contact/tag.schema.ts';

type Body = { tags?: unknown };

/** A list narrowed to one tag. The control is there as soon as anything in the list has a tag. */
export function useTagFilter(bodies: readonly Body[]) {
  const [chosen, setChosen] = useState<string | null>(null);
  const tags = useMemo(() => [...new Set(bodies.flatMap(tagsOf))].sort((a, b) => a.localeCompare(b)), [bodies]);
  const wanted = chosen !== null && tags.includes(chosen) ? chosen : null;
  const control =
    tags.length === 0 ? null : (
      <Select
        aria-label="Tag"
        placeholder="Any tag"
        leftSection={<IconTag size={15} stroke={1.5} aria-hidden />}
        w={180}
        data={tags}
        value={wanted}
        clearable
        searchable
        onChange={setChosen}
      />
    );
  return {
    control,
    passes: (body: Body): boolean => wanted === null || tagsOf(body).includes(wanted),
    clear: () => setChosen(null),
  };
}
