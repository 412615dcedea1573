// biome-ignore-all lint/a11y/useSemanticElements: rows placed one by one cannot be a <table>; the roles say what they are
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { AsOf, ContactQuery, ContactRow } from '#renderer/data/data-api.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useVisibleRows } from '#renderer/ui/use-visible-rows.ts';
import { type GridColumn, gridColumn } from './contact-columns.ts';
import classes from './contacts-grid.module.css';
import { GridHeader } from './grid-header.tsx';
import { GridRow } from './grid-row.tsx';
import type { PageCache } from './page-cache.ts';
import type { Choice } from './use-choice.ts';
import type { Columns } from './use-column-layout.ts';

const ROW = 32;
const HEADER = 32;
const OVERSCAN = 6;
/** Width of the boxes at the left. */
const CHECK = 40;

export type ContactsGridProps = {
  pages: PageCache<ContactRow, AsOf>;
  /** Changes with every new answer. */
  version: number;
  columns: Columns;
  sort: ContactQuery['sort'];
  onSort: (sort: ContactQuery['sort']) => void;
  openedId: number | null;
  onOpen: (row: ContactRow) => void;
  onClose: () => void;
  /** Undefined where rows cannot be chosen. */
  choice: Choice | undefined;
};

/** What a row asks for, by its place. */
type Acts = { open: (index: number) => void; choose: (index: number, range: boolean) => void };

/** Contacts as rows: fixed height, only what is visible is in the page, keys as in a spreadsheet. */
export function ContactsGrid({ pages, columns, sort, onSort, openedId, onOpen, onClose, choice }: ContactsGridProps) {
  const format = useFormat();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const total = pages.total ?? 0;

  const { rows, most, scrollToRow } = useVisibleRows(scroller, {
    count: total,
    rowHeight: ROW,
    headerHeight: HEADER,
    overscan: OVERSCAN,
  });
  const first = rows[0] ?? 0;
  const last = rows.at(-1) ?? 40;
  useEffect(() => pages.want(first, last), [pages, first, last]);

  // A new question starts at its top; a new list is there, and asking it to scroll would have it laid out at once.
  const anchor = useRef<number | null>(null);
  const shownPages = useRef(pages);
  useEffect(() => {
    if (shownPages.current === pages) return;
    shownPages.current = pages;
    setActive(0);
    anchor.current = null;
    scroller.current?.scrollTo({ top: 0 });
    pages.want(0, 40);
  }, [pages]);

  const headers = columns.table.getHeaderGroups()[0]?.headers ?? [];
  const sizes = headers.map((header) => header.getSize());
  const ids = headers.map((header) => header.column.id).join(' ');
  const shown = useMemo(
    () =>
      ids.split(' ').flatMap((id): GridColumn[] => {
        const column = gridColumn(id);
        return column ? [column] : [];
      }),
    [ids],
  );
  const width = sizes.reduce((sum, size) => sum + size, choice ? CHECK : 0);
  const template = [
    ...(choice ? [`${CHECK}px`] : []),
    ...sizes.map((size, place) => (place === sizes.length - 1 ? `minmax(${size}px, 1fr)` : `${size}px`)),
  ].join(' ');

  const acting = useRef<Acts>({ open: () => undefined, choose: () => undefined });
  useEffect(() => {
    acting.current = {
      open: (index) => {
        setActive(index);
        const row = pages.row(index);
        if (row) onOpen(row);
      },
      choose: (index, range) => {
        setActive(index);
        if (range && anchor.current !== null) choice?.range(anchor.current, index);
        else choice?.toggle(index);
        if (!range || anchor.current === null) anchor.current = index;
      },
    };
  });
  const open = useMemo(() => (index: number) => acting.current.open(index), []);
  const choose = useMemo(() => (index: number, range: boolean) => acting.current.choose(index, range), []);

  const moveTo = (index: number, extending: boolean) => {
    const next = Math.max(0, Math.min(total - 1, index));
    if (extending && choice) {
      anchor.current ??= active;
      choice.extend(anchor.current, active, next);
    }
    setActive(next);
    scrollToRow(next);
    // With the card open, the keys leaf through the cards.
    const row = openedId === null ? undefined : pages.row(next);
    if (row) onOpen(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const page = Math.max(1, Math.floor((scroller.current.clientHeight - HEADER) / ROW) - 1);
    const moves: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: total - 1,
    };
    const target = moves[event.key];
    if (target !== undefined) {
      event.preventDefault();
      moveTo(target, event.shiftKey);
    } else if (choice && event.key === ' ') {
      event.preventDefault();
      choose(active, event.shiftKey);
    } else if (choice && event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      choice.all(true);
    } else if (choice && event.key === 'Escape' && choice.state !== 'none') {
      event.preventDefault();
      choice.all(false);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      open(active);
    } else if (event.key === 'Escape' && openedId !== null) {
      event.preventDefault();
      onClose();
    }
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Contacts"
      aria-rowcount={total + 1}
      aria-colcount={shown.length + (choice ? 1 : 0)}
      aria-multiselectable={choice !== undefined}
      aria-activedescendant={total > 0 ? `contact-row-${active}` : undefined}
      tabIndex={0}
      className={classes.scroller}
      style={{ '--columns': template, '--width': `${width}px` } as CSSProperties}
      onKeyDown={onKeyDown}
    >
      <GridHeader
        columns={columns}
        sort={sort}
        onSort={onSort}
        chosen={choice?.state}
        onChooseAll={(on) => choice?.all(on)}
      />
      <div role="presentation" className={classes.rows} style={{ height: total * ROW }}>
        {rows.map((index) => {
          const row = pages.row(index);
          return (
            <GridRow
              // Row i always uses element i mod most, so scrolling only changes texts.
              key={index % most}
              index={index}
              top={index * ROW}
              row={row}
              columns={shown}
              format={format}
              active={index === active}
              opened={row !== undefined && row.id === openedId}
              chosen={choice ? row !== undefined && choice.has(row.id) : undefined}
              onOpen={open}
              onChoose={choose}
            />
          );
        })}
      </div>
    </div>
  );
}
