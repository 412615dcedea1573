import { NativeSelect } from '@mantine/core';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import { isTagId } from '#shared/contact/tag.schema.ts';
import type { MembershipLeaf } from '#shared/segment/membership-leaf.ts';

/** Who is in a list, subscribes to a category, or has a tag. */
export function MembershipCondition({
  leaf,
  label,
  onChange,
}: {
  leaf: MembershipLeaf;
  label: string;
  onChange: (next: MembershipLeaf) => void;
}) {
  const words = isTagId(leaf.list)
    ? { in: 'tagged', notIn: 'not tagged' }
    : isCategoryId(leaf.list)
      ? { in: 'subscribed', notIn: 'not subscribed' }
      : { in: 'is in the list', notIn: 'is not in the list' };
  return (
    <NativeSelect
      aria-label={`${label}: comparison`}
      data={[
        { value: 'in', label: words.in },
        { value: 'notIn', label: words.notIn },
      ]}
      value={leaf.op}
      onChange={(event) => onChange({ ...leaf, op: event.currentTarget.value === 'in' ? 'in' : 'notIn' })}
    />
  );
}
