import { expect, test } from 'vitest';
import { arrive, begin, MOST_SHOWN } from './live-buffer.ts';

const event = (rowId: number, name: string | null = null) => ({
  ...{ rowId, at: rowId, type: 'viewed', source: 'Web', contactId: name ? 7 : 0, name },
  ...{ params: '{}', cut: false },
});
const answer = (version: number, events: ReturnType<typeof event>[], more = false) => ({
  events,
  version,
  more,
  searched: null,
});
const ids = ({ events }: ReturnType<typeof begin>) => events.map(({ rowId }) => rowId);

test('what arrives comes on top; an event that was handed to somebody changes where it stands', () => {
  const list = begin(answer(1, [event(2), event(1)]));
  const next = arrive(list, answer(5, [event(9), event(1, 'Olena')]));
  expect(ids(next)).toEqual([9, 2, 1]);
  expect(next.events[2]?.name).toBe('Olena');
  expect(next).toMatchObject({ version: 5, missed: false });
  expect(arrive(next, answer(5, []))).toBe(next);
});

test('never more is held than can be looked at, and what was left out is told', () => {
  let list = begin(answer(0, []));
  for (let at = 1; at <= 10; at++) {
    list = arrive(
      list,
      answer(
        at,
        Array.from({ length: 200 }, (_, n) => event(at * 1_000 + n)),
        at === 3,
      ),
    );
  }
  expect(list.events).toHaveLength(MOST_SHOWN);
  expect(ids(list)[0]).toBe(10_000);
  expect(list.missed).toBe(true);
});
