import { NativeSelect } from '@mantine/core';
import { isCategoryId } from '#shared/consent/category.schema.ts';
import type { MembershipLeaf } from '#shared/segment/membership-leaf.ts';

/** Who is in a list, or subscribes to a category. */
export function MembershipCondition({
  leaf,
  label,
  onChange,
}: {
  leaf: MembershipLeaf;
  label: string;
  onChange: (next: MembershipLeaf) => void;
}) {
  const category = isCategoryId(leaf.list);
  return (
    <NativeSelect
      aria-label={`${label}: comparison`}
      data={[
        { value: 'in', label: category ? 'subscribed' : 'is in the list' },
        { value: 'notIn', label: category ? 'not subscribed' : 'is not in the list' },
      ]}
      value={leaf.op}
      onChange={(event) => onChange({ ...leaf, op: event.currentTarget.value === 'in' ? 'in' : 'notIn' })}
    />
  );
}
