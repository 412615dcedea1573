import { expect, test } from 'vitest';
import { type Bench, measure, median } from '#bench/bench.ts';

const of = (value: number) => ({ value, unit: 'ms', target: 10, ok: value <= 10 });

test('the median counts, not the best and not the mean', () => {
  expect(median([50, 1, 2, 3, 90].map(of)).value).toBe(3);
  expect(median([4, 1].map(of)).value).toBe(1);
  expect(() => median([])).toThrow('nothing was measured');
});

test('a figure carries its ratio to the reference and whether the absolute target was met', async () => {
  const values = [12, 8, 30];
  const order: string[] = [];
  const bench: Bench = {
    name: 'x',
    times: 3,
    prepare: async () => void order.push('prepare'),
    run: async () => ({ ...of(values.shift() ?? 0), reference: 6 }),
    finish: async () => void order.push('finish'),
  };
  expect(await measure(bench, () => undefined)).toEqual({
    name: 'x',
    value: 12,
    unit: 'ms',
    reference: 6,
    ratio: 2,
    target: 10,
    ok: false,
  });
  expect(order).toEqual(['prepare', 'finish']);
});

test('a bench that fails is a figure that is not ok, with the reason, and is still cleaned up', async () => {
  let finished = false;
  const figure = await measure(
    {
      name: 'x',
      run: () => Promise.reject(new Error('no database')),
      finish: async () => {
        finished = true;
      },
    },
    () => undefined,
  );
  expect(figure).toMatchObject({ name: 'x', value: null, ok: false, error: expect.stringContaining('no database') });
  expect(finished).toBe(true);
});
