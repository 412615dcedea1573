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
import { useFieldSpecs } from '#renderer/parts/field-store.ts';
import { type ColumnLayout, useUiState } from '#renderer/ui/ui-state.ts';
import type { FieldSpecs } from '#shared/contact/field.schema.ts';
import { cellOf, columnsFor, type GridColumn } from './contact-columns.ts';

const features = tableFeatures({
  columnOrderingFeature,
  columnSizingFeature,
  columnResizingFeature,
  columnVisibilityFeature,
});
const helper = createColumnHelper<typeof features, ContactRow>();
const columnsOf = (shown: readonly GridColumn[]) =>
  helper.columns(
    shown.map((column) =>
      helper.accessor((row) => cellOf(row, column.id), {
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

/** Where names are not shown, other columns are, and are laid out for themselves. */
type Kind = { table: string; columns: ReturnType<typeof columnsOf>; initial: ColumnLayout };

function kindFor(personal: boolean, specs: FieldSpecs, view: LaidOut | null): Kind {
  const all = columnsFor(personal, specs);
  const table = personal ? 'contacts' : 'contacts-by-number';
  const plain: ColumnLayout = {
    order: all.map(({ id }) => id),
    hidden: all.filter(({ shown }) => !shown).map(({ id }) => id),
    widths: {},
  };
  return {
    table: view ? `${table} ${view.id}` : table,
    columns: columnsOf(all),
    initial: view ? current(view.layout, plain) : plain,
  };
}

/** A saved view, as far as columns go. */
export type LaidOut = { id: string; layout: ColumnLayout };

/** Columns of a newer version come last; those of an older one are dropped. */
function current(layout: ColumnLayout | undefined, initial: ColumnLayout): ColumnLayout {
  if (!layout) return initial;
  const known = layout.order.filter((id) => initial.order.includes(id));
  const added = initial.order.filter((id) => !known.includes(id));
  return {
    ...layout,
    order: [...known, ...added],
    hidden: [...layout.hidden, ...added.filter((id) => initial.hidden.includes(id))],
  };
}

/** Whether two layouts look the same. */
function sameLayout(a: ColumnLayout, b: ColumnLayout): boolean {
  const key = ({ order, hidden, widths }: ColumnLayout) =>
    JSON.stringify([order, [...new Set(hidden)].sort(), Object.entries(widths).sort(([x], [y]) => (x < y ? -1 : 1))]);
  return key(a) === key(b);
}

const resolve = <T>(updater: T | ((old: T) => T), old: T): T => (updater instanceof Function ? updater(old) : updater);

/** Order, widths and visibility of the grid's columns, remembered on this device; a view has its own. */
export function useColumnLayout(personal: boolean, view: LaidOut | null) {
  const specs = useFieldSpecs();
  const { table: name, columns, initial } = useMemo(() => kindFor(personal, specs, view), [personal, specs, view]);
  const stored = useUiState((state) => state.columns[name]);
  const { setColumns, forgetColumns } = useUiState.getState();
  const layout = useMemo(() => current(stored, initial), [stored, initial]);
  const visibility = useMemo(() => Object.fromEntries(layout.hidden.map((id) => [id, false])), [layout.hidden]);
  const save = (change: (old: ColumnLayout) => Partial<ColumnLayout>) => {
    const old = current(useUiState.getState().columns[name], initial);
    setColumns(name, { ...old, ...change(old) });
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
    reset: () => forgetColumns(name),
    changed: !sameLayout(layout, initial),
  };
}

export type Columns = ReturnType<typeof useColumnLayout>;
