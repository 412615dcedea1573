import { expect, test } from 'vitest';
import { parseRuleFile } from './rule-file.ts';

const leaf = { type: 'text', field: 'country', op: 'is', values: ['Germany'] };

test('a file holds a rule or a segment with one', () => {
  expect(parseRuleFile(JSON.stringify(leaf))).toEqual(leaf);
  expect(parseRuleFile(JSON.stringify({ name: 'Germans', rule: leaf }))).toEqual(leaf);
  const not = { type: 'not', rule: leaf };
  expect(parseRuleFile(JSON.stringify(not))).toEqual(not);
});

test('what is wrong is named with its place', () => {
  const broken = { type: 'all', rules: [leaf, { ...leaf, values: [''] }, { ...leaf, field: 'shoeSize' }] };
  expect(() => parseRuleFile(JSON.stringify(broken))).toThrow(
    'The file holds no valid rule. rules.1.values.0: Enter a value; rules.2.field: Choose a field',
  );
  expect(() => parseRuleFile(JSON.stringify({ name: 'x', rule: broken }))).toThrow(
    'rule.rules.1.values.0: Enter a value',
  );
  expect(() => parseRuleFile('{}')).toThrow('type: Choose a condition');
  expect(() => parseRuleFile('[]')).toThrow('Choose a condition');
  expect(() => parseRuleFile('{"type":')).toThrow('The file is not JSON');
});
