// biome-ignore-all lint/a11y/useSemanticElements: rows placed one by one cannot be a <table>; the roles say what they are
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { type MouseEvent, memo } from 'react';
import type { ContactRow } from '#renderer/data/data-api.ts';
import type { Format } from '#renderer/ui/format.ts';
import { clock } from '#renderer/ui/use-now.ts';
import { contactName } from '#shared/contact/contact-name.ts';
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
  /** Undefined where rows cannot be chosen. */
  chosen: boolean | undefined;
  onOpen: (index: number) => void;
  onChoose: (index: number, range: boolean) => void;
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
  chosen,
  onOpen,
  onChoose,
}: GridRowProps) {
  const onClick = (event: MouseEvent<HTMLElement>) => {
    if (chosen === undefined) return onOpen(index);
    const onBox = event.target instanceof HTMLElement && event.target.closest('[data-check]') !== null;
    if (onBox || event.shiftKey || event.ctrlKey || event.metaKey) onChoose(index, event.shiftKey);
    else onOpen(index);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid, which holds the focus
    <div
      role="row"
      id={`contact-row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={chosen ?? opened}
      tabIndex={-1}
      className={classes.row}
      data-active={active || undefined}
      data-opened={opened || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onClick}
      // Shift and a click choose rows; they would mark text as well.
      onMouseDown={(event) => (event.shiftKey ? event.preventDefault() : undefined)}
    >
      {chosen === undefined ? null : (
        <div role="gridcell" tabIndex={-1} className={classes.check} data-check>
          <span
            role="checkbox"
            aria-checked={chosen}
            aria-label={`Choose ${row ? contactName(row) : `row ${index + 1}`}`}
            tabIndex={-1}
            className={classes.box}
          />
        </div>
      )}
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
