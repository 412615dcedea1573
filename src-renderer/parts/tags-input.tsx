import { TagsInput as MantineTagsInput } from '@mantine/core';
import { MAX_TAG, MAX_TAGS, tagOf } from '#shared/contact/tag.schema.ts';
import { useTags } from './tags.ts';

type Props = { tags: readonly string[]; onChange: (tags: string[]) => void; mt?: string; disabled?: boolean };

/** The tags of an object: typed, or chosen among those there are. */
export function TagsInput({ tags, onChange, mt, disabled = false }: Props) {
  const known = (useTags() ?? []).map(({ tag }) => tag);
  return (
    <MantineTagsInput
      mt={mt}
      label="Tags"
      placeholder={tags.length === 0 ? 'A word or two' : ''}
      disabled={disabled}
      data={known}
      value={[...tags]}
      maxTags={MAX_TAGS}
      maxLength={MAX_TAG}
      splitChars={[',', ';']}
      acceptValueOnBlur
      onChange={(next) => onChange([...new Set(next.map(tagOf))].filter((tag) => tag !== ''))}
    />
  );
}
