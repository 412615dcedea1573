import { expect, test } from 'vitest';
import { sabotageOf } from './command.ts';

test('a mistake that is not known is refused by name', () => {
  expect(sabotageOf(undefined)).toBeNull();
  expect(sabotageOf('seq')).toBe('seq');
  expect(() => sabotageOf('sequence')).toThrow('There is no mistake “sequence”');
});
