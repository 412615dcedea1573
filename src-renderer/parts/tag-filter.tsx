import { Select } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { tagsOf } from '#shared/contact/tag.schema.ts';

type Body = { tags?: unknown };

type TagFilter<T> = {
  /** Null while nothing in the list has a tag. */
  control: ReactNode;
  /** What the list shows: everything, or what has the chosen tag. */
  shown: readonly T[];
  clear: () => void;
};

/** A list narrowed to one tag; `bodyOf` gives what of an item has the tags. */
export function useTagFilter<T>(items: readonly T[], bodyOf: (item: T) => Body): TagFilter<T> {
  const [chosen, setChosen] = useState<string | null>(null);
  const tags = [...new Set(items.flatMap((item) => tagsOf(bodyOf(item))))].sort((a, b) => a.localeCompare(b));
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
    shown: wanted === null ? items : items.filter((item) => tagsOf(bodyOf(item)).includes(wanted)),
    clear: () => setChosen(null),
  };
}
