import { expect, test } from 'vitest';
import { dateOrderOf, parseInstant, parseIsoInstant } from './instant-text.ts';

test('ISO texts without an offset are wall-clock times of the zone, with one they are not', () => {
  expect(parseIsoInstant('2011-07-01 10:00:00', 'Europe/London')).toBe(Date.UTC(2011, 6, 1, 9));
  expect(parseIsoInstant('2011-07-01T10:00', 'UTC')).toBe(Date.UTC(2011, 6, 1, 10));
  expect(parseIsoInstant('2011-07-01', 'Europe/Kyiv')).toBe(Date.UTC(2011, 5, 30, 21));
  expect(parseIsoInstant('2017-05-14T10:11:10.7022176+03:00', 'UTC')).toBe(Date.UTC(2017, 4, 14, 7, 11, 10, 702));
  expect(parseIsoInstant('2017-05-14T10:11:10-0330', 'UTC')).toBe(Date.UTC(2017, 4, 14, 13, 41, 10));
  expect(parseIsoInstant('2017-05-14T10:11:10Z', 'Asia/Tokyo')).toBe(Date.UTC(2017, 4, 14, 10, 11, 10));
});

test('what is no date is refused instead of rolled over', () => {
  for (const text of ['2011-02-30', '2011-13-01', '2011-01-01 24:00', 'yesterday', '', '20110101', '0011-01-01']) {
    expect(parseIsoInstant(text, 'UTC')).toBeNull();
  }
});

test('a column of figures is read only when its order is known; points mean day first', () => {
  expect(dateOrderOf('13/1/2011')).toBe('dmy');
  expect(dateOrderOf('1/13/2011 8:26')).toBe('mdy');
  expect(dateOrderOf('1/2/2011')).toBe('undecided');
  expect(dateOrderOf('2011-01-02')).toBeNull();
  expect(parseInstant('1/2/2011 8:26', 'UTC', null)).toBeNull();
  expect(parseInstant('1/2/2011 8:26', 'UTC', 'dmy')).toBe(Date.UTC(2011, 1, 1, 8, 26));
  expect(parseInstant('1/2/2011 8:26', 'UTC', 'mdy')).toBe(Date.UTC(2011, 0, 2, 8, 26));
  expect(parseInstant('1.2.2011', 'UTC', null)).toBe(Date.UTC(2011, 1, 1));
  expect(parseInstant('31/2/2011', 'UTC', 'dmy')).toBeNull();
});
