/** Numbers as people write them in tables: "1 234,50 грн", "$1,234.50", "(12)" is none. */

const spaces = /[\s\u00A0\u202F'’]/g;
const money = /^(?:[$€£₴₽¥]|uah|грн\.?|usd|eur|gbp|pln|zł)|(?:[$€£₴₽¥]|uah|грн\.?|usd|eur|gbp|pln|zł)$/i;
const grouped = { point: /^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/, comma: /^[-+]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$/ };
const plain = { point: /^[-+]?\d*\.?\d+$|^[-+]?\d+\.$/, comma: /^[-+]?\d*,?\d+$|^[-+]?\d+,$/ };

/** The number in its plain form ("-1234.5"), or null when it is none in a file whose decimals stand so. */
export function plainNumber(text: string, decimal: 'point' | 'comma'): string | null {
  const compact = text.trim().replace('\u2212', '-').replace(money, '').replace(spaces, '').replace(money, '');
  const thousands = decimal === 'comma' ? '.' : ',';
  let found: string | null = null;
  if (plain[decimal].test(compact)) found = compact;
  else if (grouped[decimal].test(compact)) found = compact.replaceAll(thousands, '');
  // A point that cannot part thousands is one of decimals everywhere; a comma may be a mistake in the settings.
  else if (decimal === 'comma' && plain.point.test(compact)) found = compact;
  if (found === null) return null;
  const [, sign = '', whole = '', rest = ''] = /^([-+]?)(\d*)[.,]?(\d*)$/.exec(found) ?? [];
  return `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${rest === '' ? '' : `.${rest}`}`;
}
