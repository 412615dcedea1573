import { expect, test } from 'vitest';
import { switchFormat } from './format-switch.ts';
import { starterMjml } from './starter.ts';

test('MJML becomes its compiled HTML, and comes back untouched when that was not edited', () => {
  const there = switchFormat({ format: 'mjml', source: '<mjml/>' }, '<html>1</html>', null);
  expect(there).toEqual({ source: '<html>1</html>', question: null });
  const kept = { format: 'mjml' as const, source: '<mjml/>', became: there.source };
  expect(switchFormat({ format: 'html', source: there.source }, null, kept)).toEqual({
    source: '<mjml/>',
    question: null,
  });
});

test('edited or foreign HTML is never replaced without a question', () => {
  const kept = { format: 'mjml' as const, source: '<mjml/>', became: '<html>1</html>' };
  const edited = switchFormat({ format: 'html', source: '<html>2</html>' }, null, kept);
  expect(edited.source).toBe('<mjml/>');
  expect(edited.question).not.toBeNull();
  const foreign = switchFormat({ format: 'html', source: '<p>mine</p>' }, null, null);
  expect(foreign.source).toBe(starterMjml);
  expect(foreign.question).not.toBeNull();
});

test('an empty HTML message takes the starter without a question', () => {
  expect(switchFormat({ format: 'html', source: ' ' }, null, null)).toEqual({ source: starterMjml, question: null });
});

test('MJML that does not compile is not dropped without a question', () => {
  expect(switchFormat({ format: 'mjml', source: '<mjml>' }, '', null).question).not.toBeNull();
  expect(switchFormat({ format: 'mjml', source: '  ' }, '', null).question).toBeNull();
});
