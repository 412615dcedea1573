import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AdditionalType } from '#shared/contact/field.schema.ts';
import { readConsentWord, readYesNo } from './consent-words.ts';
import { readConsentCell, strictest } from './read-consent-cell.ts';
import { isAmbiguousDate, readDate } from './read-date.ts';
import { type CellStyle, readFieldCell } from './read-field-cell.ts';
import { plainNumber } from './read-number.ts';

const style = (given: Partial<CellStyle> = {}): CellStyle => ({
  decimal: 'comma',
  dateOrder: 'dmy',
  zone: 'UTC',
  ...given,
});
const spec = (type: AdditionalType, rest: object = {}) => ({
  ...{ label: 'Field', type, required: false, allowedValues: ['Gold', 'Silver'], min: null, max: null },
  ...rest,
});

test('numbers written with either decimal sign and grouped in any way are the same number', () => {
  const parts = fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 9_999 }));
  const group = (whole: string, mark: string) => whole.replace(/\B(?=(\d{3})+$)/g, mark);
  fc.assert(
    fc.property(
      parts,
      fc.constantFrom('', ' ', '\u00A0', '\u202F', "'", 'other'),
      fc.constantFrom('', ' ₴', '$', ' грн'),
      ([number, rest], mark, currency) => {
        const [sign, whole] = [number < 0 ? '-' : '', String(Math.abs(number))];
        const decimals = String(rest).padStart(4, '0');
        for (const decimal of ['point', 'comma'] as const) {
          const separator = mark === 'other' ? (decimal === 'comma' ? '.' : ',') : mark;
          const text = `${sign}${group(whole, separator)}${decimal === 'comma' ? ',' : '.'}${decimals}${currency}`;
          expect(plainNumber(text, decimal)).toBe(`${sign}${whole}.${decimals}`);
        }
      },
    ),
  );
});

test.each([
  ['12,5', 'point', null],
  ['1,234', 'point', '1234'],
  ['1.234', 'comma', '1234'],
  ['12.5', 'comma', '12.5'],
  ['1.234.567,8', 'comma', '1234567.8'],
  ['1,2,3', 'comma', null],
  ['$ 5', 'point', '5'],
  ['1 000', 'comma', '1000'],
  ['\u22125', 'comma', '-5'],
  [',5', 'comma', '0.5'],
  ['', 'comma', null],
  ['-', 'comma', null],
  ['five', 'comma', null],
] as const)('%j with decimal %s is %j', (text, decimal, number) => {
  expect(plainNumber(text, decimal)).toBe(number);
});

test('a day is read back from every way it is written in', () => {
  const day = fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(day, fc.constantFrom('dmy', 'mdy'), (date, order) => {
      const iso = date.toISOString().slice(0, 10);
      const [year = '', month = '', dayOf = ''] = iso.split('-');
      const [first, second] = order === 'dmy' ? [dayOf, month] : [month, dayOf];
      for (const text of [
        iso,
        `${year}/${month}/${dayOf}`,
        `${first}/${second}/${year}`,
        `${first}-${second}-${year.slice(2)}`,
        `${Number(dayOf)}.${Number(month)}.${year}`,
      ]) {
        expect(readDate(text, order)?.date).toBe(iso);
      }
    }),
  );
});

test.each([
  ['31.02.2024', null],
  ['5/6/2024', null],
  ['13/6/2024', { date: '2024-06-13', time: null, offset: '' }],
  ['2024-06-13 9:05', { date: '2024-06-13', time: '09:05:00', offset: '' }],
  ['6/13/2024 12:30:01 AM', { date: '2024-06-13', time: '00:30:01', offset: '' }],
  ['2024-06-13T09:05:01.250+0300', { date: '2024-06-13', time: '09:05:01', offset: '+03:00' }],
  ['13 червня 2024 р.', { date: '2024-06-13', time: null, offset: '' }],
  ['13 Jun 2024', { date: '2024-06-13', time: null, offset: '' }],
  ['June 13, 2024', { date: '2024-06-13', time: null, offset: '' }],
  ['2024-06-13 25:00', null],
  ['13 Foo 2024', null],
  ['', null],
])('%j without a known order is %j', (text, read) => {
  expect(readDate(text, null)).toEqual(read);
});

test('only what the order of day and month would decide is ambiguous', () => {
  expect(['5/6/2024', '5/6/2024 10:00', '5.6.2024', '13/6/2024', 'soon'].map(isAmbiguousDate)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('cells become typed values, or say in words why not', () => {
  const read = (type: AdditionalType, text: string, given?: Partial<CellStyle>, rest?: object) => {
    const result = readFieldCell(spec(type, rest), text, style(given));
    return result.ok ? result.value : result.error;
  };
  expect(read('decimal', '1 234,5')).toBe(12_345_000);
  expect(read('decimal', '12,5', { decimal: 'point' })).toBe(
    'Field is not a number in this file’s format: check its decimal sign',
  );
  expect(read('decimal', 'much')).toBe('Field is not a number');
  expect(read('integer', '1 000')).toBe(1000);
  expect(read('integer', '7,0')).toBe(7);
  expect(read('integer', '1,5')).toBe('Field is not a whole number');
  expect(read('date', '1/2/2026')).toBe(read('date', '2026-02-01'));
  expect(read('date', '1/2/2026', { dateOrder: null })).toBe(
    'Field could be two dates: choose whether the day or the month comes first',
  );
  expect(read('date', '31.02.2026')).toMatch(/^Field is not a date/);
  expect(read('dateTime', '01.02.2026 10:00', { zone: 'Europe/Kyiv' })).toBe(Date.UTC(2026, 1, 1, 8));
  expect(read('boolean', 'так')).toBe(true);
  expect(read('boolean', 'НІ')).toBe(false);
  expect(read('boolean', 'maybe')).toBe('Field is neither yes nor no');
  expect(read('choice', 'gold')).toBe('Gold');
  expect(read('choice', 'Tin')).toBe('Field cannot be “Tin”; it is one of: Gold, Silver');
  expect(read('text', '  ', {}, { required: true })).toBeNull();
});

test('any cell is either a value or a reason that names the field', () => {
  const types: AdditionalType[] = [
    'text',
    'integer',
    'decimal',
    'date',
    'dateTime',
    'time',
    'choice',
    'multiple',
    'boolean',
    'email',
    'url',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('dmy', 'mdy', null),
      (type, text, dateOrder) => {
        const result = readFieldCell(spec(type), text, style({ dateOrder }));
        if (!result.ok) expect(result.error).toMatch(/^Field /);
        else if (text.trim() === '') expect(result.value).toBeNull();
      },
    ),
  );
});

test('words about mail are understood in the languages of the files', () => {
  const read = (text: string) => {
    const word = readConsentWord(text);
    return word.ok ? word.value : word.error;
  };
  expect(
    [
      'Subscribed',
      'UNSUBSCRIBED',
      'Відписаний',
      'cleaned',
      '[USER_SUPPRESSED]',
      'never_subscribed',
      'Non-Subscribed',
      'spam',
      '',
    ].map(read),
  ).toEqual([...['granted', 'withdrawn', 'withdrawn', 'bounced', 'withdrawn', null, null, 'complained', null]]);
  expect(read('purple')).toMatch(/^is no email status/);
  expect(['Так', 'no', 'x', '5'].map(readYesNo)).toEqual([true, false, true, null]);
});

test('a cell says since when, a sign, or nothing about mail', () => {
  const read = (target: Parameters<typeof readConsentCell>[0], text: string) => {
    const said = readConsentCell(target, text, style());
    return said.ok ? said.value : said.error;
  };
  expect(read('unsubscribed', 'Yes')).toEqual({ act: 'withdrawn', at: null });
  expect(read('unsubscribed', 'No')).toBeNull();
  expect(read('bounced', '2024-05-01 10:00:00')).toEqual({ act: 'bounced', at: Date.UTC(2024, 4, 1, 10) });
  expect(read('unsubscribed', '[USER_SUPPRESSED]')).toEqual({ act: 'withdrawn', at: null });
  expect(read('complained', 'perhaps')).toBe('is neither yes nor no nor a date');
  expect(read('emailStatus', 'Bounced')).toEqual({ act: 'bounced', at: null });
  expect(read('emailStatus', 'pending')).toBeNull();
});

test('the strictest word about a person counts, since it was first said', () => {
  const word = fc.record({
    act: fc.constantFrom('granted' as const, 'bounced' as const, 'withdrawn' as const, 'complained' as const),
    at: fc.option(fc.integer({ min: 1, max: 9 })),
  });
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const found = strictest(words);
      const order = ['granted', 'bounced', 'withdrawn', 'complained'];
      const most = Math.max(-1, ...words.map(({ act }) => order.indexOf(act)));
      expect(found?.act).toBe(order[most]);
      const times = words.filter(({ act }) => act === found?.act).flatMap(({ at }) => at ?? []);
      if (found && times.length > 0) expect(found.at).toBe(Math.min(...times));
    }),
  );
});
