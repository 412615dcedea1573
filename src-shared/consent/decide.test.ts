import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOfName } from './category.schema.ts';
import {
  type ConsentWrite,
  consentActs,
  consentSources,
  decideConsent,
  isNotHigher,
  NOTHING_SAID,
  type Standing,
} from './decide.ts';

const write: fc.Arbitrary<ConsentWrite> = fc.record({
  act: fc.constantFrom(...consentActs),
  source: fc.constantFrom(...consentSources),
  at: fc.integer({ min: 1, max: 50 }),
  evidence: fc.constantFrom(null, '', ' ', 'Signed card of 2 May'),
});
const writes = fc.array(write, { maxLength: 30 });

function after(words: readonly ConsentWrite[], from: Standing = NOTHING_SAID): Standing {
  let standing = from;
  for (const word of words) {
    const decision = decideConsent(standing, word);
    if (decision.taken) standing = decision.next;
  }
  return standing;
}

test('lowering is always heard: right after it, nobody is written to who asked not to be', () => {
  fc.assert(
    fc.property(writes, write, (before, word) => {
      fc.pre(word.act !== 'granted');
      expect(isNotHigher(word.act, after([...before, word]).state)).toBe(true);
    }),
  );
});

test('whatever files without evidence say, consent never stands higher than before', () => {
  const files = write.map((word): ConsentWrite => ({ ...word, source: 'import', evidence: null }));
  fc.assert(
    fc.property(writes, fc.array(files, { maxLength: 20 }), (before, imports) => {
      const standing = after(before);
      expect(isNotHigher(standing.state, after(imports, standing).state)).toBe(true);
    }),
  );
});

test('a complaint is lifted by an own later act of the person, and by nothing else', () => {
  fc.assert(
    fc.property(writes, writes, fc.integer({ min: 1, max: 50 }), (before, others, at) => {
      const complained = after([...before, { act: 'complained', source: 'provider', at, evidence: null }]);
      expect(complained.state).toBe('complained');
      const strangers = others.filter(({ source }) => source !== 'person');
      expect(after(strangers, complained)).toEqual(complained);
      const own: ConsentWrite = { act: 'granted', source: 'person', at: complained.since, evidence: null };
      expect(after([own], complained)).toEqual(complained);
      expect(after([{ ...own, at: complained.since + 1 }], complained).state).toBe('granted');
    }),
  );
});

test('what was said before somebody left does not bring them back, whoever says it', () => {
  fc.assert(
    fc.property(writes, write, (before, word) => {
      const standing = after(before);
      fc.pre(standing.state !== 'none' && standing.state !== 'granted' && word.act === 'granted');
      if (word.at <= standing.since) expect(after([word], standing)).toEqual(standing);
    }),
  );
});

test('saying the same twice changes nothing the second time', () => {
  fc.assert(
    fc.property(writes, write, (before, word) => {
      const once = after([...before, word]);
      expect(after([word], once)).toEqual(once);
    }),
  );
});

test('who may bring back somebody who left', () => {
  const left: Standing = { state: 'withdrawn', since: 10 };
  const verdicts = consentSources.map((source) =>
    [null, 'Signed card'].map((evidence) => {
      const decision = decideConsent(left, { act: 'granted', source, at: 11, evidence });
      return decision.taken ? 'taken' : decision.why;
    }),
  );
  expect(Object.fromEntries(consentSources.map((source, at) => [source, verdicts[at]]))).toEqual({
    person: ['taken', 'taken'],
    form: ['taken', 'taken'],
    app: ['taken', 'taken'],
    api: ['taken', 'taken'],
    import: ['needsEvidence', 'taken'],
    admin: ['needsEvidence', 'taken'],
    provider: ['needsEvidence', 'needsEvidence'],
  });
});

test('a key is made of the name, in Latin letters, once', () => {
  const none = new Set<string>();
  const keys = ['Weekly news', 'Новини тижня', 'Größe & Café!', '🎉'].map((name) => keyOfName(name, none));
  expect(keys).toEqual(['weekly-news', 'novyny-tyzhnia', 'grosse-cafe', 'category']);
  expect(keyOfName('Weekly news', new Set(['weekly-news', 'weekly-news-2']))).toBe('weekly-news-3');
});
