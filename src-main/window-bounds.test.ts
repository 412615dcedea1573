import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeWindow, type Rectangle } from './window-bounds.ts';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const screen = { x: 1440, y: 0, width: 2560, height: 1400 };

test('a window comes back where it was', () => {
  const was = { x: 1700, y: 100, width: 1500, height: 1000 };
  expect(placeWindow(was, [laptop, screen])).toEqual(was);
});

test('a window of a display that is gone opens where the system likes, no larger than what is there', () => {
  expect(placeWindow({ x: 1700, y: 100, width: 2400, height: 1300 }, [laptop])).toEqual({ width: 1440, height: 875 });
});

test('a window that hangs out is pushed back, and one larger than its display is shrunk', () => {
  expect(placeWindow({ x: -300, y: -50, width: 1000, height: 700 }, [laptop])).toEqual({
    x: 0,
    y: 25,
    width: 1000,
    height: 700,
  });
  expect(placeWindow({ x: 1500, y: 0, width: 9000, height: 9000 }, [laptop, screen])).toEqual(screen);
});

test('the first window has a size and no place', () => {
  expect(placeWindow(undefined, [screen])).toEqual({ width: 1280, height: 840 });
  expect(placeWindow(undefined, [])).toEqual({ width: 1280, height: 840 });
});

const area = fc.record({
  x: fc.integer({ min: -5000, max: 5000 }),
  y: fc.integer({ min: -5000, max: 5000 }),
  width: fc.integer({ min: 640, max: 4000 }),
  height: fc.integer({ min: 480, max: 3000 }),
});

test('whatever was saved, a placed window lies wholly on one display', () => {
  const inside = (a: Rectangle, b: Rectangle) =>
    a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
  const saved = fc.record({
    x: fc.integer(),
    y: fc.integer(),
    width: fc.integer({ min: -10, max: 100_000 }),
    height: fc.integer({ min: -10, max: 100_000 }),
  });
  fc.assert(
    fc.property(saved, fc.array(area, { minLength: 1, maxLength: 4 }), (bounds, areas) => {
      const { x, y, width, height } = placeWindow(bounds, areas);
      if (x === undefined || y === undefined)
        expect(areas.some((a) => width <= a.width && height <= a.height)).toBe(true);
      else expect(areas.some((a) => inside({ x, y, width, height }, a))).toBe(true);
    }),
  );
});
