import { expect, test } from 'vitest';
import { newContactSchema, newContactShape } from './new-contact.schema.ts';

const problemsOf = (given: object, region: string | null = null) =>
  newContactSchema(region)
    .safeParse(given)
    .error?.issues.map(({ path }) => path.join('.')) ?? [];

test('something has to lead to the contact', () => {
  expect(problemsOf({ firstName: 'Ann' })).toEqual(['email']);
  for (const given of [{ email: 'a@x.org' }, { phone: '+380671234567' }, { externalCustomerId: '7' }]) {
    expect(problemsOf(given)).toEqual([]);
  }
});

test.each([
  [{ email: 'nobody' }, null, ['email']],
  [{ phone: '067 123 45 67' }, null, ['phone']],
  [{ phone: '067 123 45 67' }, 'UA', []],
  [{ phone: 'call me' }, 'UA', ['phone']],
  [{ email: 'a@x.org', languageCode: 'Ukrainian' }, null, ['languageCode']],
  [{ email: 'a@x.org', languageCode: 'en-GB' }, null, []],
  [{ email: 'a@x.org', firstName: 'x'.repeat(201) }, null, ['firstName']],
] as const)('%j with region %s is refused for %j', (given, region, problems) => {
  expect(problemsOf(given, region)).toEqual(problems);
});

test('nobody gets mail without a word on how it is known that they want it', () => {
  const given = { email: 'a@x.org', mayMail: true, categoryIds: ['category:news'] };
  expect(problemsOf({ ...given, evidence: '  ' })).toEqual(['evidence']);
  expect(problemsOf({ ...given, evidence: 'Asked on the phone' })).toEqual([]);
  expect(problemsOf({ ...given, mayMail: false })).toEqual(['categoryIds']);
  expect(newContactShape.parse({ email: ' a@x.org ' })).toMatchObject({
    email: 'a@x.org',
    mayMail: false,
    categoryIds: [],
    listIds: [],
  });
});
