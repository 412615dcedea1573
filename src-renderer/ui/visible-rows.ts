/** A long list of rows of one height under a header that stays: which rows belong in the page, and where to scroll for one. */
export type RowList = {
  count: number;
  rowHeight: number;
  headerHeight: number;
  /** Rows kept in the page beyond each edge, so that scrolling finds them there. */
  overscan: number;
};

/** The first row in sight, and the height of what shows rows and header; 0 until it is known. */
export type Sight = { topRow: number; height: number };

const inSight = (height: number, { rowHeight }: RowList): number => Math.ceil(height / rowHeight);

/** First and last index, both inclusive, at most `most` rows; the last is below the first when there is none. */
export function rowsInSight({ topRow, height }: Sight, list: RowList, most: number): { first: number; last: number } {
  const end = list.count - 1;
  const first = Math.max(0, Math.min(topRow, end) - list.overscan);
  const last = Math.min(end, topRow + inSight(height, list) + list.overscan);
  return { first, last: Math.min(last, first + most - 1) };
}

/** How many rows can be in the page at once at this height. */
export const mostRows = (height: number, list: RowList): number => inSight(height, list) + 2 * list.overscan + 1;

/** Where the list must be scrolled to for the whole row to be seen; null when it already is. */
export function scrollTopFor(index: number, scrollTop: number, height: number, list: RowList): number | null {
  const above = index * list.rowHeight;
  if (above < scrollTop) return above;
  const below = above + list.rowHeight + list.headerHeight - height;
  return below > scrollTop ? below : null;
}
