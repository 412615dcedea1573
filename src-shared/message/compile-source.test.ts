import mjml from 'mjml';
import { expect, test } from 'vitest';
import { compileSource, type Mjml2Html } from './compile-source.ts';
import { renderMessage } from './render.ts';

const compiler = async (): Promise<Mjml2Html> => mjml;
const never = (): Promise<Mjml2Html> => Promise.reject(new Error('HTML needs no compiler'));

test('MJML becomes HTML with its Liquid still inside, and renders', async () => {
  const { html, errors } = await compileSource(
    'mjml',
    `<mjml><mj-body><mj-section><mj-column>
      <mj-text>Hello {{ contact.firstName | default: "friend" }}</mj-text>
      <mj-button href="https://shop.example/?c={{ contact.country }}">Shop</mj-button>
    </mj-column></mj-section></mj-body></mjml>`,
    compiler,
  );
  expect(errors).toEqual([]);
  const rendered = renderMessage(
    { subject: 'S', preheader: 'P', html },
    {
      contact: { firstName: null, country: 'UA' },
      links: {
        unsubscribeUrl: 'https://u.example/u/1',
        track: (url) => `https://t.example/c/${encodeURIComponent(url)}`,
      },
    },
  );
  expect(rendered.html).toContain('Hello friend');
  expect(rendered.html).toContain(`https://t.example/c/${encodeURIComponent('https://shop.example/?c=UA')}`);
  expect(rendered.html).toContain('>Unsubscribe</a>');
});

test.each([
  ['<mjml><mj-body>\n<mj-nothing>x</mj-nothing></mj-body></mjml>', 2],
  ['<mjml><mj-body>\n\n<mj-text colour="red">x</mj-text></mj-body></mjml>', 3],
  ['<mjml>\n<mj-include path="/etc/passwd" /></mjml>', 2],
])('errors name the line: %j', async (source, line) => {
  const { errors } = await compileSource('mjml', source, compiler);
  expect(errors[0]).toMatchObject({ line });
});

test.each(['', 'not mjml at all', '<html></html>'])('refuses %j with words', async (source) => {
  const { errors } = await compileSource('mjml', source, compiler);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors[0]?.message).not.toBe('');
});

test('HTML is taken as it is', async () => {
  expect(await compileSource('html', '<p>x</p>', never)).toEqual({ html: '<p>x</p>', errors: [] });
});
