import { expect, test } from 'vitest';
import {
  addFallback,
  type Check,
  closestVariable,
  messageChecks,
  messageLinks,
  renameVariable,
  senderChecks,
  type Texts,
} from './message-checks.ts';
import { starterMjml, starterPreheader, starterSubject } from './starter.ts';

const mended = (check: Check | undefined, before: Texts): Texts | null =>
  check?.mend && 'apply' in check.mend ? check.mend.apply(before) : null;

const texts = (source: string, subject = 'Hello', preheader = '') => ({ source, subject, preheader });

test('the starter has nothing to complain about, even for a contact without a name', () => {
  const checks = messageChecks(texts(starterMjml, starterSubject, starterPreheader), [], { firstName: null });
  expect(checks).toEqual([]);
});

test('a message without a sender is not ready, and the mend leads to where one is set', () => {
  const missing = [{ severity: 'error', part: null, mend: { href: '/settings' } }];
  expect(senderChecks(null)).toMatchObject(missing);
  expect(senderChecks({ fromEmail: '' })).toMatchObject(missing);
  expect(senderChecks({ fromEmail: 'anna@example.org' })).toEqual([]);
});

test('an unknown variable names its line and the one that was meant, and the mend puts it right', () => {
  const before = texts('<p>\n{{ contact.firstname | upcase }}</p>');
  const [problem] = messageChecks(before, [], null);
  expect(problem).toMatchObject({ severity: 'error', part: 'source', line: 2 });
  expect(problem?.message).toContain('Did you mean “contact.firstName”?');
  expect(mended(problem, before)?.source).toBe('<p>\n{{ contact.firstName | upcase }}</p>');
});

test('a variable that is empty for the shown contact gets a fallback by its mend', () => {
  const before = texts('Hi {{contact.firstName}}!', 'For {{ contact.firstName | capitalize }}');
  const checks = messageChecks(before, [], { firstName: '' });
  expect(checks.map(({ severity, part }) => ({ severity, part }))).toEqual([{ severity: 'warning', part: 'subject' }]);
  const after = mended(checks[0], before);
  expect(after?.source).toBe('Hi {{ contact.firstName | default: "there" }}!');
  expect(after?.subject).toBe('For {{ contact.firstName | default: "there" | capitalize }}');
  expect(after && messageChecks(after, [], { firstName: '' })).toEqual([]);
});

test('a value that is there needs no fallback, and an existing fallback is kept', () => {
  expect(messageChecks(texts('{{ contact.town }}'), [], { town: 'Lviv' })).toEqual([]);
  const kept = texts('{{ contact.town | default: "home" }}');
  expect(addFallback(kept, 'contact.town', 'x')).toEqual(kept);
});

test('broken Liquid, errors of the compiler and an empty subject are errors', () => {
  const checks = messageChecks(texts('a\n{{ contact.town', ' '), [{ line: 7, message: 'mj-text: no' }], null);
  expect(checks.map(({ severity }) => severity)).toEqual(['error', 'error', 'error']);
  expect(checks.map(({ line }) => line)).toEqual([null, 7, 2]);
});

test('only words inside Liquid are renamed, and only whole names', () => {
  const after = renameVariable(texts('name {{ name }} {{ name.x }} {% if name %}'), 'name', 'contact.firstName');
  expect(after.source).toBe('name {{ contact.firstName }} {{ name.x }} {% if contact.firstName %}');
});

test('the nearest variable is found across spellings, and nothing is invented', () => {
  expect(closestVariable('first_name')).toBe('contact.firstName');
  expect(closestVariable('user.email')).toBe('contact.email');
  expect(closestVariable('unsubscribe_url')).toBe('unsubscribeUrl');
  expect(closestVariable('order.total')).toBeNull();
});

test('links nobody replaced are told apart from good ones', () => {
  const links = messageLinks('<a href="https://example.com/new">a</a><a href="https://shop.test/">b</a>');
  expect(links.map(({ problem }) => problem !== null)).toEqual([true, false]);
});
