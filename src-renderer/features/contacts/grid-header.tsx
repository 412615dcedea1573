// biome-ignore-all lint/a11y/useSemanticElements: rows placed one by one cannot be a <table>; the roles say what they are
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import { gridColumn, isRightAligned, startsDescending } from './contact-columns.ts';
import classes from './contacts-grid.module.css';
import type { Columns } from './use-column-layout.ts';

export type GridHeaderProps = {
  columns: Columns;
  sort: ContactQuery['sort'];
  onSort: (sort: ContactQuery['sort']) => void;
  /** Undefined where rows cannot be chosen. */
  chosen: 'none' | 'some' | 'all' | undefined;
  onChooseAll: (on: boolean) => void;
};

/** Names of the columns: click sorts, the edge resizes, dragging one onto another reorders. */
export function GridHeader({ columns, sort, onSort, chosen, onChooseAll }: GridHeaderProps) {
  const [over, setOver] = useState<string | null>(null);
  const headers = columns.table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <div role="row" aria-rowindex={1} className={classes.header}>
      {chosen === undefined ? null : (
        <div role="columnheader" aria-colindex={1} className={classes.check}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: Ctrl+A and Escape do the same while the grid has the focus */}
          <span
            role="checkbox"
            aria-checked={chosen === 'some' ? 'mixed' : chosen === 'all'}
            aria-label="Choose everybody in the list"
            tabIndex={-1}
            className={classes.box}
            onClick={() => onChooseAll(chosen !== 'all')}
          />
        </div>
      )}
      {headers.map((header, place) => {
        const column = gridColumn(header.column.id);
        if (!column) return null;
        const sorted = sort.key === column.id;
        const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
        return (
          <div
            key={header.id}
            role="columnheader"
            aria-colindex={place + (chosen === undefined ? 1 : 2)}
            aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className={classes.headerCell}
            data-right={isRightAligned(column.type) || undefined}
            data-over={over === column.id || undefined}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(column.id);
            }}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(null);
              const moved = event.dataTransfer.getData('text/x-column');
              if (moved && moved !== column.id) columns.move(moved, column.id);
            }}
          >
            <button
              type="button"
              tabIndex={-1}
              draggable
              className={classes.sort}
              onDragStart={(event) => event.dataTransfer.setData('text/x-column', column.id)}
              onClick={() =>
                onSort({ key: column.id, descending: sorted ? !sort.descending : startsDescending(column.type) })
              }
            >
              <span className={classes.headerText}>{column.label}</span>
              {sorted ? <Arrow size={13} stroke={1.75} aria-hidden /> : null}
            </button>
            <span
              aria-hidden
              className={classes.resize}
              data-active={header.column.getIsResizing() || undefined}
              onMouseDown={(event) => {
                // Else the browser starts dragging the column whose name slides under the pointer.
                event.preventDefault();
                header.getResizeHandler()(event);
              }}
              onTouchStart={header.getResizeHandler()}
              onDoubleClick={() => columns.table.setColumnSizing((old) => ({ ...old, [column.id]: column.width }))}
            />
          </div>
        );
      })}
    </div>
  );
}
