import { expect, test } from 'vitest';
import { checkMessage, messageVariables } from './variables.ts';

test('names what a source uses, whether it exists, and whether it may leave a gap', () => {
  const source = `{% assign greeting = contact.firstName %}{{ greeting }} {{ contact["town"] }}
    {{ contact.lastName | default: "friend" | upcase }} {{ contact.shoeSize }} {% if contact.country == "UA" %}{{ code }}{% endif %}
    <a href="{{unsubscribeUrl}}">`;
  const found = Object.fromEntries(messageVariables(source).map(({ name, ...rest }) => [name, rest]));
  expect(found['contact.lastName']).toEqual({ known: true, field: 'lastName', needed: false });
  expect(found['contact.town']).toMatchObject({ known: true, field: 'town' });
  expect(found['contact.firstName']).toMatchObject({ known: true });
  expect(found['contact.country']).toMatchObject({ known: true, needed: false });
  expect(found['contact.shoeSize']).toEqual({ known: false, field: null, needed: true });
  expect(found.code).toEqual({ known: false, field: null, needed: true });
  expect(found.unsubscribeUrl).toEqual({ known: true, field: null, needed: true });
  expect(found.greeting).toBeUndefined();
});

test('checks subject, preheader and source together and names the part that cannot be read', () => {
  const { variables, problems } = checkMessage({
    subject: 'For {{ contact.firstName }}',
    preheader: '{{ contact.firstName | default: "you" }}',
    source: 'one\n{{ contact.firstName | nofilter }}',
  });
  expect(variables).toEqual([{ name: 'contact.firstName', known: true, field: 'firstName', needed: true }]);
  expect(problems).toEqual([{ part: 'source', line: 2, message: expect.stringMatching(/nofilter/) }]);
});
