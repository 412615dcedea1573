import { expect, test } from 'vitest';
import { diffText, sideOf } from './text-diff.ts';

const marked = (first: string, second: string) =>
  diffText(first, second)
    .map((part) => (part.in === 'both' ? part.text : part.in === 'first' ? `[-${part.text}-]` : `[+${part.text}+]`))
    .join('');

test('words that differ are marked, the rest is not', () => {
  expect(marked('Warm light, slow mornings', 'Warm light, slow evenings')).toBe(
    'Warm light, slow [-mornings-][+evenings+]',
  );
  expect(marked('a b c', 'a c')).toBe('a [-b -]c');
  expect(marked('a c', 'a b c')).toBe('a [+b +]c');
  expect(marked('', 'new')).toBe('[+new+]');
  expect(marked('same', 'same')).toBe('same');
  expect(marked('Привіт, Олено', 'Привіт, Ірино')).toBe('Привіт, [-Олено-][+Ірино+]');
});

test('both sides can be put together again from the difference', () => {
  const words = ['a', 'b ', 'c', ' ', '<p>', 'д', '\n'];
  let seed = 7;
  const next = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  const text = () => Array.from({ length: next(12) }, () => words[next(words.length)]).join('');
  for (let round = 0; round < 300; round++) {
    const [first, second] = [text(), text()];
    const parts = diffText(first, second);
    const side = (which: 'first' | 'second') =>
      parts
        .filter((part) => part.in === 'both' || part.in === which)
        .map((part) => part.text)
        .join('');
    expect([side('first'), side('second')]).toEqual([first, second]);
  }
});

test('texts too long to compare word by word are replaced as a whole, between what is the same at both ends', () => {
  const long = (word: string) =>
    `same start ${Array.from({ length: 3000 }, (_, at) => `${word}${at}`).join(' ')} same end`;
  const parts = diffText(long('x'), long('y'));
  expect(parts.map((part) => part.in)).toEqual(['both', 'first', 'second', 'both']);
  expect(parts.at(-1)?.text).toBe(' same end');
});

test('a side shows what differs with a little around it', () => {
  const around = 'word '.repeat(100);
  const parts = diffText(`${around}old ${around}`, `${around}new ${around}`);
  const [before, changed, after] = sideOf(parts, 'second', 20);
  expect(changed).toEqual({ in: 'second', text: 'new' });
  expect(before?.text).toMatch(/^ … /);
  expect(after?.text).toMatch(/ … $/);
  expect(sideOf(diffText(around, around), 'first', 20)).toEqual([{ in: 'both', text: `${around.slice(0, 40)} …` }]);
});
