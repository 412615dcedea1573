import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import type { ContactRow } from '#renderer/data/data-api.ts';
import { type ColumnLayout, useUiState } from '#renderer/ui/ui-state.ts';
import { gridColumn, gridColumns } from './contact-columns.ts';

const TABLE = 'contacts';
const features = tableFeatures({
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
});
const helper = createColumnHelper<typeof features, ContactRow>();
const columns = helper.columns(
  gridColumns.map((column) =>
    helper.accessor((row) => row[column.id], {
      id: column.id,
      header: column.label,
      size: column.width,
      minSize: 56,
      maxSize: 640,
    }),
  ),
);
// Rows live in the worker; the table only keeps the state of the columns.
const noRows: ContactRow[] = [];

const initial: ColumnLayout = {
  order: gridColumns.map(({ id }) => id),
  hidden: gridColumns.filter(({ shown }) => !shown).map(({ id }) => id),
  widths: {},
};

/** Columns of a newer version come last; those of an older one are dropped. */
function current(layout: ColumnLayout | undefined): ColumnLayout {
  if (!layout) return initial;
  const known = layout.order.filter((id) => gridColumn(id) !== null);
  const added = initial.order.filter((id) => !known.includes(id));
  return {
    ...layout,
    order: [...known, ...added],
    hidden: [...layout.hidden, ...added.filter((id) => initial.hidden.includes(id))],
  };
}

const resolve = <T>(updater: T | ((old: T) => T), old: T): T => (updater instanceof Function ? updater(old) : updater);

/** Order, widths and visibility of the grid's columns, remembered on this device. */
export function useColumnLayout() {
  const stored = useUiState((state) => state.columns[TABLE]);
  const setColumns = useUiState((state) => state.setColumns);
  const layout = useMemo(() => current(stored), [stored]);
  const visibility = useMemo(() => Object.fromEntries(layout.hidden.map((id) => [id, false])), [layout.hidden]);
  const save = (change: (old: ColumnLayout) => Partial<ColumnLayout>) => {
    const old = current(useUiState.getState().columns[TABLE]);
    setColumns(TABLE, { ...old, ...change(old) });
  };
  const table = useTable({
    features,
    columns,
    data: noRows,
    columnResizeMode: 'onChange',
    state: { columnOrder: layout.order, columnSizing: layout.widths, columnVisibility: visibility },
    onColumnOrderChange: (updater) => save((old) => ({ order: resolve(updater, old.order) })),
    onColumnSizingChange: (updater) => save((old) => ({ widths: resolve(updater, old.widths) })),
    onColumnVisibilityChange: (updater) =>
      save((old) => {
        const next = resolve(updater, Object.fromEntries(old.hidden.map((id) => [id, false])));
        return { hidden: Object.keys(next).filter((id) => next[id] === false) };
      }),
  });
  return {
    table,
    layout,
    move: (id: string, before: string | null) =>
      save((old) => {
        const rest = old.order.filter((other) => other !== id);
        const at = before === null ? rest.length : rest.indexOf(before);
        return { order: rest.toSpliced(at < 0 ? rest.length : at, 0, id) };
      }),
    setHidden: (id: string, hidden: boolean) =>
      save((old) => ({ hidden: hidden ? [...old.hidden, id] : old.hidden.filter((other) => other !== id) })),
    reset: () => setColumns(TABLE, initial),
  };
}

export type Columns = ReturnType<typeof useColumnLayout>;
