import { useMemo } from 'react';
import type { ColumnLayout } from '#renderer/ui/ui-state.ts';
import { type FieldId, isComputedId, isFieldId } from '#shared/contact/field.schema.ts';

/** Computed fields among the visible columns: only what is looked at is worked out. */
export function useShownComputed({ order, hidden }: ColumnLayout): readonly FieldId[] {
  return useMemo(
    () => order.filter((id): id is FieldId => isFieldId(id) && isComputedId(id) && !hidden.includes(id)),
    [order, hidden],
  );
}
