import { expect, test } from 'vitest';
import { must } from '#shared/kernel/assert.ts';
import { EVENT_TEXT_SLOTS } from './event-type.schema.ts';
import { switchOff, switchOn } from './parameter-slots.ts';

const on = (type: Parameters<typeof switchOn>[0], key: string, kind: 'text' | 'number' = 'text') =>
  must(switchOn(type, key, kind), 'a free slot');
const slots = (type: Parameters<typeof switchOn>[0]) =>
  type.parameters.map(({ key, kind, slot }) => `${key} ${kind}${slot}`);

test('kinds have slots of their own, and what was switched off gets its own back', () => {
  let type = on(on({ parameters: [] }, 'brand'), 'total', 'number');
  type = on(type, 'colour');
  expect(slots(type)).toEqual(['brand text0', 'total number0', 'colour text1']);
  type = switchOff(type, 'brand');
  type = on(type, 'size');
  // Not the slot of brand: chunks on devices carry its values still.
  expect(slots(type)).toEqual(['total number0', 'colour text1', 'size text2']);
  expect(slots(on(type, 'brand'))).toContain('brand text0');
});

test('when no slot is new, the one switched off longest ago is taken; when all are in use, none is', () => {
  let type: Parameters<typeof switchOn>[0] = { parameters: [] };
  for (let at = 0; at < EVENT_TEXT_SLOTS; at++) type = on(type, `p${at}`);
  expect(switchOn(type, 'more', 'text')).toBeNull();
  type = switchOff(switchOff(type, 'p2'), 'p1');
  type = on(type, 'more');
  expect(slots(type)).toContain('more text2');
  expect(type.retired?.map(({ key }) => key)).toEqual(['p1']);
});

test('another kind of the same parameter takes another slot', () => {
  const type = on(on({ parameters: [] }, 'total'), 'total', 'number');
  expect(slots(type)).toEqual(['total number0']);
  expect(type.retired).toEqual([{ key: 'total', kind: 'text', slot: 0 }]);
});
