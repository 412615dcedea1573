import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEntities, escapeHtml } from './html-scan.ts';
import { extractLinks, linkProblem, rewriteLinks } from './links.ts';

test.each([
  ['', /no address/],
  ['#', /nowhere/],
  ['#top', /nowhere/],
  ['/about', /relative/],
  ['about.html', /relative/],
  ['//cdn.example/x', /relative/],
  ['javascript:alert(1)', /script/],
  ['JaVa\tScript:alert(1)', /script/],
  ['data:text/html,x', /script/],
  ['http://shop.example', /not encrypted/],
  ['https://', /not valid/],
  ['ftp://shop.example', /ftp/],
])('finds the problem of %j', (url, problem) => {
  expect(linkProblem(url)).toMatch(problem);
});

test.each([
  'https://shop.example/?a=1',
  'mailto:a@b.example',
  'tel:+100',
  '{{ unsubscribeUrl }}',
  'https://x.example/{{ contact.email }}',
])('accepts %j', (url) => {
  expect(linkProblem(url)).toBeNull();
});

test('extracts each address once, decoded, in any spelling of the tag', () => {
  const html = `<A HREF="https://a.example/?x=1&amp;y=2">1</A> <a
    class='b' href = 'https://a.example/?x=1&amp;y=2'>2</a><a href=https://b.example/c>3</a><a name="here">4</a>
    <a title="a > b" href="{{ unsubscribeUrl | default: "x" }}">5</a>
    <!-- <a href="https://comment.example">no</a> --><style>a{content:'<a href="https://style.example">'}</style>
    <area href="https://area.example"><p href="https://p.example">`;
  expect(extractLinks(html).map(({ url }) => url)).toEqual([
    'https://a.example/?x=1&y=2',
    'https://b.example/c',
    '{{ unsubscribeUrl | default: "x" }}',
  ]);
});

test('rewrites the href and not one byte more', () => {
  const html = `<!--[if mso]><a href="https://a.example">o</a><![endif]--><p title="<a href='https://a.example'>">
    <a data-href="https://a.example" HREF='https://a.example?q="1"&amp;r=2' target=_blank>x</a></p>`;
  const seen: string[] = [];
  const rewritten = rewriteLinks(html, (url) => {
    seen.push(url);
    return 'https://t.example/"\'<>&';
  });
  expect(seen).toEqual(['https://a.example?q="1"&r=2']);
  expect(rewritten).toBe(
    html.replace(`'https://a.example?q="1"&amp;r=2'`, '"https://t.example/&quot;&#39;&lt;&gt;&amp;"'),
  );
});

const pieces = fc.constantFrom(
  '<a href="https://a.example/">',
  "<a href='https://b.example/?a=1&amp;b=2'>",
  '<a href=https://c.example>',
  '<a',
  '</a>',
  '<!--',
  '-->',
  '<style>',
  '</style>',
  '"',
  "'",
  '>',
  '<',
  '=',
  ' ',
  'text',
  '<p title="',
  '{{',
  '}}',
  '<body>',
  '&amp;',
  '\n',
  'href=',
  '/',
);

test('on any rubbish: untouched where the map says so, and rewriting twice finds what was written', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
      const html = list.join('');
      expect(rewriteLinks(html, () => null)).toBe(html);
      const target = 'https://t.example/?a="1"&b=<\'>';
      const once = rewriteLinks(html, () => target);
      const found: string[] = [];
      expect(
        rewriteLinks(once, (url) => {
          found.push(url);
          return target;
        }),
      ).toBe(once);
      expect(new Set(found).size).toBeLessThanOrEqual(1);
      expect(found.every((url) => url === target)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('escaping is undone by decoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeEntities(escapeHtml(text))).toBe(text);
    }),
  );
});
