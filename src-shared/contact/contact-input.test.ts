import { expect, test } from 'vitest';
import { contactInput, readContactInput } from './contact-input.schema.ts';

test('a loyalty number comes as a member or as a channel', () => {
  const given = contactInput.parse({ loyaltyNumber: 4412, channels: [{ type: 'loyaltyNumber', value: 'L-9' }] });
  expect(readContactInput(given)).toMatchObject({
    further: [
      { kind: 'loyaltyNumber', value: 'L-9', field: 'channels[0].value' },
      { kind: 'loyaltyNumber', value: '4412', field: 'loyaltyNumber' },
    ],
    unknown: [],
  });
});
