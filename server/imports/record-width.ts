/** Empty cells too many say nothing; too few or full ones mean that the line is torn. Rows of a sheet end with their last cell. */
export function widthProblem(cells: readonly string[], width: number, isSheet: boolean): string | null {
  if (cells.length === width) return null;
  const isLonger = cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '');
  const isShorter = cells.length < width && !isSheet;
  return isLonger || isShorter ? `the line has ${cells.length} columns, the header has ${width}` : null;
}
