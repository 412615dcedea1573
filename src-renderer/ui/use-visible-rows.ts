import { type RefObject, useEffect, useState } from 'react';
import { mostRows, type RowList, rowsInSight, scrollTopFor } from './visible-rows.ts';

/** A new list grows by so many rows a frame: no frame keeps a click waiting, and the eye sees one list. */
const ROWS_A_FRAME = 10;

export type VisibleRows = {
  /** Indices of the rows that belong in the page now. */
  rows: number[];
  /** Never more than so many at once. */
  most: number;
  /** Scrolls until the whole row is seen, when it is not. */
  scrollToRow: (index: number) => void;
};

/**
 * The part of a long list that is in the page. Its rows have one height, so nothing is measured: a hundred thousand cost
 * what a hundred do.
 */
export function useVisibleRows(scroller: RefObject<HTMLElement | null>, list: RowList): VisibleRows {
  const { rowHeight } = list;
  const [topRow, setTopRow] = useState(0);
  const [height, setHeight] = useState(0);
  const [drawn, setDrawn] = useState(ROWS_A_FRAME);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => setTopRow(Math.floor(element.scrollTop / rowHeight));
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    element.addEventListener('scroll', look, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller, rowHeight]);

  const most = mostRows(height, list);
  const growing = drawn < most;
  useEffect(() => {
    if (!growing) return;
    const frame = requestAnimationFrame(() => setDrawn(drawn + ROWS_A_FRAME));
    return () => cancelAnimationFrame(frame);
  }, [growing, drawn]);

  const { first, last } = rowsInSight({ topRow, height }, list, drawn);
  return {
    rows: Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place),
    most,
    scrollToRow: (index) => {
      const element = scroller.current;
      const top = element && scrollTopFor(index, element.scrollTop, element.clientHeight, list);
      if (element && top !== null) element.scrollTop = top;
    },
  };
}
