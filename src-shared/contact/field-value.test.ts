import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AdditionalType,
  additionalTypes,
  contactFieldSchema,
  fieldProblem,
  fieldSpecs,
  freeKey,
  hasAllowedValues,
  hasBounds,
  keyFromName,
} from './field.schema.ts';
import {
  cellOfStored,
  cellOfText,
  foldChanges,
  isTextType,
  normaliseField,
  textOfCell,
  type ValueSpec,
} from './field-value.ts';

const choices = ['Red', 'Green, light', 'Straße', 'É'];
const spec = (type: AdditionalType, more: Partial<ValueSpec> = {}): ValueSpec => ({
  label: 'Size',
  type,
  required: false,
  allowedValues: hasAllowedValues(type) ? choices : [],
  min: null,
  max: null,
  ...more,
});
const stored = (type: AdditionalType, given: unknown, more: Partial<ValueSpec> = {}, zone = 'UTC') => {
  const read = normaliseField(spec(type, more), given, { zone });
  return read.ok ? read.value : read.error.message;
};

const anyType = fc.constantFrom(...additionalTypes);

test('whatever is given, a field answers a value it can store or names itself and the reason', () => {
  fc.assert(
    fc.property(
      anyType,
      fc.oneof(fc.anything(), fc.string(), fc.double(), fc.constantFrom(...choices)),
      (type, given) => {
        const read = normaliseField(spec(type), given);
        if (!read.ok) {
          expect(read.error.field).toBe('Size');
          expect(read.error.message).toMatch(/^Size \S/);
          return;
        }
        const cell = cellOfStored(read.value);
        if (cell === null) return;
        expect(typeof cell).toBe(isTextType(type) ? 'string' : 'number');
        if (typeof cell === 'number') expect(Number.isSafeInteger(cell)).toBe(true);
        // JSON brings back exactly what was stored.
        expect(JSON.parse(JSON.stringify(read.value))).toEqual(read.value);
      },
    ),
    { numRuns: 2_000 },
  );
});

/** Values as they are stored, of each type. */
const storedOf: Record<AdditionalType, fc.Arbitrary<number | string | boolean | string[]>> = {
  text: fc.string({ minLength: 1, maxLength: 50, unit: 'grapheme' }).map((text) => text.trim() || 'x'),
  integer: fc.maxSafeInteger(),
  decimal: fc.maxSafeInteger(),
  date: fc.integer({ min: -719_162, max: 2_932_896 }),
  dateTime: fc.integer({ min: -719_162 * 86_400_000, max: 2_932_897 * 86_400_000 - 1 }),
  time: fc.integer({ min: 0, max: 86_399 }),
  boolean: fc.boolean(),
  choice: fc.constantFrom(...choices),
  multiple: fc.subarray(choices, { minLength: 1 }),
  email: fc.constant('anna@example.com'),
  url: fc.constant('https://example.com/a?b=1#c'),
};

test('a stored value, as text, is read back as the same value', () => {
  for (const type of additionalTypes) {
    fc.assert(
      fc.property(storedOf[type], (value) => {
        const cell = cellOfStored(value);
        if (cell === null) throw new Error('a value has a cell');
        const text = textOfCell(type, cell);
        expect(normaliseField(spec(type), text)).toEqual({
          ok: true,
          value: cell === 0 && type !== 'boolean' ? 0 : value,
        });
        expect(cellOfText(spec(type), text)).toBe(cell);
      }),
      { numRuns: 300 },
    );
  }
});

test('a stored value is its own stored form', () => {
  for (const type of ['text', 'integer', 'boolean', 'choice', 'multiple', 'email', 'url', 'dateTime'] as const) {
    fc.assert(
      fc.property(storedOf[type], (value) => {
        expect(normaliseField(spec(type), value)).toEqual({ ok: true, value });
      }),
      { numRuns: 100 },
    );
  }
});

const known: [AdditionalType, unknown, unknown][] = [
  ['integer', ' 42 ', 42],
  ['integer', '12.0', 12],
  ['integer', '1.5', 'Size is not a whole number'],
  ['integer', '99999999999999999999', 'Size has too many digits'],
  ['integer', '', null],
  ['decimal', '12,5', 125_000],
  ['decimal', -0.1, -1_000],
  ['decimal', '0.00001', 'Size has more than 4 digits after the point'],
  ['decimal', '1e5', 'Size is not a number, such as 12.5'],
  ['date', '1970-01-02', 1],
  ['date', '29.02.2024', 19_782],
  ['date', '2023-02-29', 'Size is not a date, such as 2026-11-23'],
  ['dateTime', '2026-11-23T14:30:00+02:00', Date.UTC(2026, 10, 23, 12, 30)],
  ['dateTime', '2026-11-23 14:30', Date.UTC(2026, 10, 23, 14, 30)],
  ['dateTime', '2026-11-23', Date.UTC(2026, 10, 23)],
  ['dateTime', 'soon', 'Size is not a date with a time, such as 2026-11-23T14:30:00Z'],
  ['time', '7:05', 25_500],
  ['time', '24:00', 'Size is not a time, such as 14:30'],
  ['boolean', 'Yes', true],
  ['boolean', 0, false],
  ['boolean', 'maybe', 'Size is neither yes nor no'],
  ['choice', 'rED', 'Red'],
  ['choice', 'Blue', 'Size cannot be “Blue”; it is one of: Red, Green, light, Straße, É'],
  ['multiple', ['É', 'Red', 'red'], ['Red', 'É']],
  ['multiple', 'Red;É', ['Red', 'É']],
  ['multiple', 'Green, light', ['Green, light']],
  ['multiple', 'Red, É', 'Size cannot be “Red, É”; it is one of: Red, Green, light, Straße, É'],
  ['multiple', ';', null],
  ['email', 'Anna@Example.com', 'Anna@Example.com'],
  ['email', 'anna', 'Size is not an email address'],
  ['url', 'example.com', 'Size is not a web address; it begins with https://'],
  ['text', { a: 1 }, 'Size takes one value, not a list or an object'],
  ['text', 'x'.repeat(1_001), 'Size is longer than 1000 characters'],
];
test.each(known)('%s of %j', (type, given, expected) => {
  expect(stored(type, given)).toEqual(expected);
});

test('a date-time without an offset was written in the given zone', () => {
  expect(stored('dateTime', '2026-07-01T12:00', {}, 'Europe/Kyiv')).toBe(Date.UTC(2026, 6, 1, 9));
});

test('limits and "required" are kept, and say which', () => {
  expect(stored('integer', 5, { min: 6 })).toBe('Size is below 6');
  expect(stored('decimal', '2.5', { max: 20_000 })).toBe('Size is above 2');
  expect(stored('date', '2026-01-02', { max: 20_454 })).toBe('Size is above 2026-01-01');
  expect(stored('text', ' ', { required: true })).toBe('Size cannot be empty');
  expect(stored('integer', 0, { min: 0, required: true })).toBe(0);
});

test('what is compared is stored only where folding changes something', () => {
  expect(foldChanges({ a: 'Gold', b: 'gold', c: ['Red', 'x'], d: ['x'], e: 5, f: null })).toEqual({
    a: 'gold',
    b: null,
    c: ['red', 'x'],
    d: null,
    e: null,
    f: null,
  });
});

const body = { listName: 'Personal', listKey: 'PERSONAL', key: 'SIZE', label: 'Size', type: 'text', personal: true };

test('keys are made from names, and never twice', () => {
  expect(keyFromName('Favourite colour')).toBe('FAVOURITE_COLOUR');
  expect(keyFromName('Çömlek №5')).toBe('COMLEK_NO5');
  expect(keyFromName('Розмір')).toBe('');
  expect(freeKey('Розмір', ['FIELD'], 'FIELD')).toBe('FIELD_2');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (name, taken) => {
      const key = freeKey(name, taken, 'FIELD');
      expect(taken).not.toContain(key);
      expect(contactFieldSchema.safeParse({ ...body, key }).error?.issues).toBeUndefined();
    }),
  );
});

test('a definition that contradicts itself names what is wrong', () => {
  const problem = (more: object) => {
    const issue = contactFieldSchema.safeParse({ ...body, ...more }).error?.issues[0];
    return issue && `${issue.path.join('.')}: ${issue.message}`;
  };
  expect(problem({})).toBeUndefined();
  expect(problem({ key: 'size' })).toMatch(/^key: /);
  expect(problem({ type: 'choice' })).toBe('allowedValues: Enter the values that can be chosen');
  expect(problem({ type: 'choice', allowedValues: ['Ä', 'ä'] })).toBe('allowedValues: “ä” is there twice');
  expect(problem({ allowedValues: ['a'] })).toBe('allowedValues: Only a choice has values to choose from');
  expect(problem({ min: 1 })).toBe('min: Only numbers, dates and times have limits');
  expect(problem({ type: 'integer', min: 2, max: 1 })).toBe('max: The largest value lies below the smallest');
  for (const type of additionalTypes) if (hasBounds(type)) expect(problem({ type, min: 1, max: 2 })).toBeUndefined();
});

test('type and privacy stay, and a key is there once in its list', () => {
  const specs = fieldSpecs([{ id: 'field:0000000a', body }]);
  const [first] = specs.values();
  if (!first) throw new Error('the field is read');
  const other = { ...first, id: 'field:0000000b' as const };
  expect(fieldProblem(first, specs, first)).toBeNull();
  expect(fieldProblem(other, specs, null)?.field).toBe('key');
  expect(fieldProblem({ ...other, listKey: 'OTHER' }, specs, null)).toBeNull();
  expect(fieldProblem({ ...first, type: 'integer' }, specs, first)?.field).toBe('type');
  expect(fieldProblem({ ...first, personal: false }, specs, first)?.field).toBe('personal');
});
