export type Rectangle = { x: number; y: number; width: number; height: number };
export type SavedBounds = { x?: number; y?: number; width: number; height: number };

export const MIN_SIZE = { width: 960, height: 600 };
const DEFAULT_SIZE = { width: 1280, height: 840 };

const overlap = (a: Rectangle, b: Rectangle): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(value, high));

/**
 * Where a window opens: as it was, moved and shrunk until all of it lies on one display that is there now. Without a place
 * on any of them the system chooses one. `areas` are the displays without their bars, the main one first.
 */
export function placeWindow(saved: SavedBounds | undefined, areas: readonly Rectangle[]): SavedBounds {
  const wanted: SavedBounds = saved ?? DEFAULT_SIZE;
  const { x, y } = wanted;
  const place = x === undefined || y === undefined ? null : { ...wanted, x, y };
  const home = place
    ? areas.reduce<Rectangle | undefined>(
        (best, area) => (overlap(place, area) > (best ? overlap(place, best) : 0) ? area : best),
        undefined,
      )
    : undefined;
  const area = home ?? areas[0];
  if (!area) return { width: wanted.width, height: wanted.height };
  const width = Math.min(Math.max(wanted.width, MIN_SIZE.width), area.width);
  const height = Math.min(Math.max(wanted.height, MIN_SIZE.height), area.height);
  if (!place || !home) return { width, height };
  return {
    x: clamp(place.x, area.x, area.x + area.width - width),
    y: clamp(place.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}
