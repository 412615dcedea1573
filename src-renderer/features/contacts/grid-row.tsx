// biome-ignore-all lint/a11y/useSemanticElements: rows placed one by one cannot be a <table>; the roles say what they are
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { memo } from 'react';
import type { ContactRow } from '#renderer/data/data-api.ts';
import type { Format } from '#renderer/ui/format.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { cellText, cellTitle, type GridColumn, isRightAligned } from './contact-columns.ts';
import classes from './contacts-grid.module.css';

export type GridRowProps = {
  index: number;
  top: number;
  row: ContactRow | undefined;
  columns: readonly GridColumn[];
  format: Format;
  active: boolean;
  opened: boolean;
  onOpen: (index: number) => void;
};

/** One slot of the grid. Slots are recycled: the same element shows another row while scrolling. */
export const GridRow = memo(function GridRow({
  index,
  top,
  row,
  columns,
  format,
  active,
  opened,
  onOpen,
}: GridRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid, which holds the focus
    <div
      role="row"
      id={`contact-row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={opened}
      tabIndex={-1}
      className={classes.row}
      data-active={active || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(index)}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          tabIndex={-1}
          className={classes.cell}
          data-right={isRightAligned(column.type) || undefined}
          title={row ? cellTitle(row, column, format, clock()) : undefined}
        >
          {row ? cellText(row, column, format) : ''}
        </div>
      ))}
    </div>
  );
});
