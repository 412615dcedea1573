import { expect, test } from 'vitest';
import { findUnbalanced } from './mjml-balance.ts';
import { starterMjml } from './starter.ts';

test('the starter is balanced', () => {
  expect(findUnbalanced(starterMjml)).toBeNull();
});

test('a tag that is never closed, or outside the mail, is named with its line', () => {
  expect(findUnbalanced('<mjml>\n</mjml>\n<mj-oops>')).toEqual({ line: 3, message: '<mj-oops> stands outside <mjml>' });
  expect(findUnbalanced('<mjml>\n<mj-body>')).toEqual({ line: 2, message: '<mj-body> is never closed' });
  expect(findUnbalanced('<mjml>\n<mj-body>\n</mjml>')).toEqual({
    line: 2,
    message: '<mj-body> is not closed before </mjml>',
  });
  expect(findUnbalanced('<mjml></mjml>\n</mj-text>')).toEqual({ line: 2, message: '</mj-text> closes nothing' });
});

test('self-closing tags, comments and ">" inside quotes do not disturb', () => {
  expect(
    findUnbalanced('<mjml><mj-image alt="a > b" /><!-- <mj-text> --><mj-text a=\'>\'></mj-text></mjml>'),
  ).toBeNull();
});
