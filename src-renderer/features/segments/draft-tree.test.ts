import { expect, test } from 'vitest';
import type { Leaf, Rule } from '#shared/segment/segment.schema.ts';
import { addPart, changePart, type DraftPart, toDraft, toRule } from './draft-tree.ts';

const counter = () => {
  let last = 0;
  return () => ++last;
};
const germany: Leaf = { type: 'text', field: 'country', op: 'is', values: ['Germany'] };
const phone: Leaf = { type: 'presence', field: 'phone', op: 'isSet' };
const nested = {
  type: 'all',
  rules: [germany, { type: 'not', rule: { type: 'any', rules: [phone, { type: 'not', rule: germany }] } }],
} satisfies Rule;

test('a rule goes into the builder and comes out the same', () => {
  expect(toRule(toDraft(nested, counter()))).toEqual(nested);
});

test('a single condition gets a group around it, and a double not is none', () => {
  expect(toRule(toDraft(germany, counter()))).toEqual({ type: 'all', rules: [germany] });
  expect(toRule(toDraft({ type: 'not', rule: { type: 'not', rule: phone } }, counter()))).toEqual({
    type: 'all',
    rules: [phone],
  });
  expect(toRule(toDraft({ type: 'not', rule: { type: 'any', rules: [phone] } }, counter()))).toEqual({
    type: 'not',
    rule: { type: 'any', rules: [phone] },
  });
});

test('every part has a key of its own that survives changes elsewhere', () => {
  const root = toDraft(nested, counter());
  const keys: number[] = [];
  const collect = (part: DraftPart): void => {
    keys.push(part.key);
    if (part.kind === 'group') part.parts.forEach(collect);
  };
  collect(root);
  expect(new Set(keys).size).toBe(5);
  const [first, second] = root.parts;
  const changed = changePart(root, first?.key ?? 0, (part) => ({ ...part, not: true }));
  expect(changed.parts[1]?.key).toBe(second?.key);
  expect(toRule(changed)).toEqual({ type: 'all', rules: [{ type: 'not', rule: germany }, nested.rules[1]] });
});

test('parts are taken out and added at any depth', () => {
  const root = toDraft(nested, counter());
  const inner = root.parts[1];
  if (inner?.kind !== 'group') throw new Error('the second part is a group');
  const without = changePart(root, inner.parts[0]?.key ?? 0, () => null);
  expect(toRule(without)).toEqual({
    type: 'all',
    rules: [germany, { type: 'not', rule: { type: 'any', rules: [{ type: 'not', rule: germany }] } }],
  });
  const grown = addPart(root, inner.key, { key: 99, kind: 'leaf', not: false, leaf: phone });
  expect(toRule(grown)).toEqual({
    type: 'all',
    rules: [germany, { type: 'not', rule: { type: 'any', rules: [phone, { type: 'not', rule: germany }, phone] } }],
  });
  expect(toRule(changePart(root, root.key, () => null))).toEqual(nested);
});

test('a nested group goes with its last part, the root stays', () => {
  const root = toDraft({ type: 'all', rules: [germany, { type: 'any', rules: [phone] }] }, counter());
  const inner = root.parts[1];
  if (inner?.kind !== 'group') throw new Error('the second part is a group');
  const without = changePart(root, inner.parts[0]?.key ?? 0, () => null);
  expect(toRule(without)).toEqual({ type: 'all', rules: [germany] });
  expect(toRule(changePart(without, without.parts[0]?.key ?? 0, () => null))).toEqual({ type: 'all', rules: [] });
});
