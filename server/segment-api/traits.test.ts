import { expect, test } from 'vitest';
import { readTraits } from './traits.ts';

test('a loyalty number leads to the contact; what cannot be one stays with the event', () => {
  expect(readTraits({ loyalty_number: 77, plan: 'gold' }, 'u1', null)).toEqual({
    values: { externalCustomerId: 'u1' },
    identifiers: [{ kind: 'loyaltyNumber', value: '77' }],
    rest: { plan: 'gold' },
  });
  expect(readTraits({ loyaltyNumber: { a: 1 } }, 'u1', null).rest).toEqual({ loyaltyNumber: { a: 1 } });
});
