import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEntities, scanTags } from './html-scan.ts';
import { TemplateError } from './liquid.ts';
import { prepareMessage, renderMessage, renderPrepared } from './render.ts';

const unsubscribeUrl = 'https://mail.example/u/abc?x=1&y=2';
const page = (body: string): string => `<html><head></head><body>${body}</body></html>`;

/** In the spirit of the big list of naughty strings: what real imports and attackers put into names. */
const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title></body></html>',
  '<!-- -->',
  ']]>',
  '{{ unsubscribeUrl }}',
  '{% raw %}',
  '&lt;b&gt;',
  '&#60;script&#62;',
  'Łukasz “Żółć” 🏴‍☠️',
  '\u202Etxt.exe',
  '\u0000null',
  "Robert'); DROP TABLE contact;--",
  "$& $1 $` $'",
  '田中さん',
];

function render(html: string, firstName: string | null, subject = 'S') {
  return renderMessage({ subject, preheader: '', html }, { contact: { firstName }, links: { unsubscribeUrl } });
}

test('prints contact values and the default for an empty one', () => {
  const html = page('Hello {{ contact.firstName | default: "friend" }}');
  expect(render(html, 'Ann').html).toContain('Hello Ann');
  expect(render(html, null).html).toContain('Hello friend');
  expect(render(html, '').html).toContain('Hello friend');
});

test.each(hostile)('a contact value never becomes markup: %j', (value) => {
  escapesCompletely(value);
});

test('no contact value at all becomes markup', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), escapesCompletely));
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...hostile, '<', '"', "'", '&', '{{', '}}')).map((list) => list.join('')),
      escapesCompletely,
    ),
  );
});

function escapesCompletely(value: string): void {
  const { html } = render(page(`<p title="{{ contact.firstName }}">[{{ contact.firstName }}]</p>`), value);
  const text = html.slice(html.indexOf('[') + 1, html.lastIndexOf(']'));
  expect(text).not.toMatch(/[<>"']/);
  expect(decodeEntities(text)).toBe(value);
  const paragraph = scanTags(html, { liquid: false }).find((tag) => tag.name === 'p');
  expect(paragraph?.attributes.map(({ name, raw }) => [name, decodeEntities(raw)])).toEqual([['title', value]]);
  expect(scanTags(html, { liquid: false }).map((tag) => tag.name)).toEqual(['html', 'head', 'body', 'p', 'div', 'a']);
}

test('an author may escape by hand or print raw', () => {
  expect(render(page('[{{ contact.firstName | escape }}]'), '<b>').html).toContain('[&lt;b&gt;]');
  expect(render(page('[{{ contact.firstName | upcase }}]'), '<b>').html).toContain('[&lt;B&gt;]');
  expect(render(page('[{{ contact.firstName | raw }}]'), '<b>').html).toContain('[<b>]');
});

test('a subject is text, not HTML, and one line', () => {
  expect(render(page(''), 'Ben & "Jo"\r\nBcc: all@example.com', 'Hi {{ contact.firstName }}').subject).toBe(
    'Hi Ben & "Jo" Bcc: all@example.com',
  );
});

test('a footer with the link is added exactly when the message has none', () => {
  const without = render(page('Hello'), 'Ann').html;
  expect(without).toMatch(
    /<a href="https:\/\/mail\.example\/u\/abc\?x=1&amp;y=2"[^>]*>Unsubscribe<\/a><\/div><\/body><\/html>$/,
  );
  const own = render(page('<a href="{{ unsubscribeUrl }}">Leave</a>'), 'Ann').html;
  expect(own).not.toContain('Unsubscribe</a>');
  const hidden = render(
    page('{% if contact.lastName %}<a href="{{ unsubscribeUrl }}">Leave</a>{% endif %}'),
    'Ann',
  ).html;
  expect(hidden).toContain('Unsubscribe</a>');
});

test('links are tracked, the pixel closes the body, the link to unsubscribe is left alone', () => {
  const { html } = renderMessage(
    {
      subject: '',
      preheader: '',
      html: page(
        "<a class=b href='https://shop.example/?a=1&amp;b={{ contact.firstName | url_encode }}'>x</a>" +
          '<a href="mailto:me@shop.example">m</a><a href="{{ unsubscribeUrl }}">u</a>',
      ),
    },
    {
      contact: { firstName: 'A B' },
      links: {
        unsubscribeUrl,
        track: (url) => `https://t.example/c/${encodeURIComponent(url)}?q=1&z=2`,
        pixelUrl: 'https://t.example/o/1',
      },
    },
  );
  const hrefs = scanTags(html, { liquid: false })
    .filter((tag) => tag.name === 'a')
    .map((tag) => decodeEntities(tag.attributes.find(({ name }) => name === 'href')?.raw ?? ''));
  expect(hrefs).toEqual([
    `https://t.example/c/${encodeURIComponent('https://shop.example/?a=1&b=A+B')}?q=1&z=2`,
    'mailto:me@shop.example',
    unsubscribeUrl,
  ]);
  expect(html).toMatch(/<img src="https:\/\/t\.example\/o\/1"[^>]*><\/body><\/html>$/);
});

test('a preheader is hidden first text of the body: its words are escaped, its Liquid works', () => {
  const { html } = renderMessage(
    {
      subject: '',
      preheader: 'A < B for {{ contact.firstName | default: "you" }}',
      html: '<html><body class="x">Hi</body></html>',
    },
    { contact: { firstName: null }, links: { unsubscribeUrl } },
  );
  expect(html).toMatch(
    /^<html><body class="x"><div style="display:none[^"]*">A &lt; B for you(&#847;|&zwnj;|&nbsp;)+<\/div>Hi/,
  );
});

test('plain text is rendered without escaping and always names the link', () => {
  const prepared = prepareMessage({ subject: '', preheader: '', html: page(''), text: 'Hi {{ contact.firstName }}' });
  expect(renderPrepared(prepared, { contact: { firstName: "O'Neil & co" }, links: { unsubscribeUrl } }).text).toBe(
    `Hi O'Neil & co\n\nUnsubscribe: ${unsubscribeUrl}\n`,
  );
});

test.each([
  ['{{ contact.firstName', 1],
  ['ok\n{% if x %}', 2],
  ['a\nb\n{{ x | nofilter }}', 3],
  ['{% include "secret" %}', 1],
  ['{% render "secret" %}', 1],
  ['{% layout "secret" %}', 1],
])('source that cannot be read is refused with its line: %j', (source, line) => {
  try {
    prepareMessage({ subject: '', preheader: '', html: source });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
    expect(error).toMatchObject({ line });
  }
});

test('a template cannot run away', () => {
  expect(() => render('{% for i in (1..100000000) %}x{% endfor %}', null)).toThrow(TemplateError);
});

test('own prototype properties are out of reach', () => {
  expect(render(page('[{{ contact.constructor }}{{ contact.__proto__ }}]'), 'x').html).toContain('[]');
});
