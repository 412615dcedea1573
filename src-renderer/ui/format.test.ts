import { expect, test } from 'vitest';
import { createFormat, sentenceCase } from './format.ts';

const london = createFormat({ zone: 'Europe/London', currency: 'GBP' });
const tokyo = createFormat({ zone: 'Asia/Tokyo', currency: 'JPY' });
const at = Date.parse('2011-12-09T23:30:00Z');

test('money reads scaled integers and decimal strings alike', () => {
  expect(london.money(25_500)).toBe('£2.55');
  expect(london.money('8911407.904')).toBe('£8,911,407.90');
  expect(london.money(-10_000)).toBe('-£1.00');
  expect(tokyo.money(1_200_000)).toBe('¥120');
  expect(london.money(10_000, 'EUR')).toBe('€1.00');
});

test('counts agree with their noun', () => {
  expect(london.counted(1, 'contact')).toBe('1 contact');
  expect(london.counted(1204, 'contact')).toBe('1,204 contacts');
  expect(london.counted(2, 'reply', 'replies')).toBe('2 replies');
});

test('a date is the workspace’s calendar date', () => {
  expect(london.date(at)).toBe('9 Dec 2011');
  expect(tokyo.date(at)).toBe('10 Dec 2011');
  expect(london.dateTime(at)).toBe('9 Dec 2011, 23:30');
  expect(tokyo.time(at)).toBe('08:30');
});

test('sizes have one unit, with decimals where they say something', () => {
  expect([0, 512, 1234, 987_654, 12_400_000, 512_000_000, 1_250_000_000].map(london.bytes)).toEqual([
    '0 bytes',
    '512 bytes',
    '1 kB',
    '988 kB',
    '12.4 MB',
    '512 MB',
    '1.3 GB',
  ]);
});

test('relative time picks one unit', () => {
  expect(london.relative(at, at + 20_000)).toBe('just now');
  expect(london.relative(at, at + 3 * 3_600_000)).toBe('3 hours ago');
  expect(london.relative(at + 2 * 86_400_000, at)).toBe('in 2 days');
  expect(london.relative(at, at + 14 * 365 * 86_400_000)).toBe('13 years ago');
});

test('a share of nothing is a dash, never NaN', () => {
  expect(london.share(0, 0)).toBe('–');
  expect(london.share(1, 8)).toBe('12.5%');
});

test('periods of reports are read as they are named', () => {
  expect(london.period('2011-12-09')).toBe('9 Dec 2011');
  expect(london.period('2011-12')).toBe('Dec 2011');
});

test('stored codes become words', () => {
  expect(['IN_PROGRESS', 'subscribed', ''].map(sentenceCase)).toEqual(['In progress', 'Subscribed', '']);
});
