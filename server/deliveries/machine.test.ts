import { expect, test } from 'vitest';
import { isMachine } from './machine.ts';

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const gmail = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const yahoo = 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html';
const outlook = 'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0)';
const minute = 60_000;

test.each([
  ['a browser a minute later', 'GET', chrome, minute, false],
  ['Outlook', 'GET', outlook, minute, false],
  ['Gmail’s proxy when the mail is opened', 'GET', gmail, minute, false],
  ['Gmail’s proxy at once', 'GET', gmail, 4_000, true],
  ['Yahoo’s proxy when the mail is opened', 'GET', yahoo, minute, false],
  ['Apple’s privacy proxy', 'GET', 'Mozilla/5.0', minute, true],
  ['a browser faster than anybody reads', 'GET', chrome, 900, true],
  ['before the mail was recorded as sent', 'GET', chrome, null, true],
  ['HEAD', 'HEAD', chrome, minute, true],
  ['no user agent', 'GET', ' ', minute, true],
  ['a library', 'GET', 'python-requests/2.32', minute, true],
  ['a scanner', 'GET', 'Mozilla/5.0 (compatible; Barracuda Sentinel bot)', minute, true],
])('%s', (_name, method, userAgent, age, expected) => {
  expect(isMachine({ method, userAgent, at: 1_000_000, sentAt: age === null ? null : 1_000_000 - age })).toBe(expected);
});
