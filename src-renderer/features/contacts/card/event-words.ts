/** What an event says, in words. Parameters are whatever somebody sent: nothing here relies on their form. */
import { keyWords } from '#renderer/ui/format.ts';

type Params = Readonly<Record<string, unknown>>;

const LONGEST_LINE = 90;

/** "+380501234567", "3", "Red, blue", "{…}" as one line. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.map(valueText).join(', ');
  return JSON.stringify(value);
}

const isParams = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Things of a cart or an order: how many pieces, of what. */
function itemsOf(params: Params): Params[] | null {
  const list = params.Products ?? params.products ?? params.items;
  return Array.isArray(list) ? list.filter(isParams) : null;
}

const textAt = (params: Params, ...names: readonly string[]): string =>
  names.map((name) => valueText(params[name])).find((text) => text !== '') ?? '';

/** "https://shop.example.com/cart?x=1" → "/cart?x=1". */
function pathOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** One line that tells this event from others of its type; empty when nothing does. */
export function eventSummary(params: Params): string {
  const items = itemsOf(params);
  const parts = [
    textAt(params, 'title') || pathOf(textAt(params, 'url')),
    textAt(params, 'OrderNumber', 'externalOrderId', 'orderId'),
    textAt(params, 'productKey', 'productId', 'name'),
    textAt(params, 'categoryKey'),
    textAt(params, 'search', 'query'),
    items ? (items.length === 0 ? 'Emptied' : `${items.length} ${items.length === 1 ? 'product' : 'products'}`) : '',
    textAt(params, 'user_email', 'externalCustomerId'),
  ].filter((part) => part !== '');
  const line = (parts.length > 0 ? parts.slice(0, 2) : Object.values(params).map(valueText).slice(0, 2)).join(' · ');
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}

export type ParameterLine = { key: string; name: string; text: string };

/** "user_email" → "User email", "GUID" stays. */
const nameOf = (key: string): string => (/^[A-Z]+$/.test(key) ? key : keyWords(key));

/** Every parameter as it was sent; things of a list one by one. */
export function parameterLines(params: Params): ParameterLine[] {
  return Object.entries(params).flatMap(([key, value]): ParameterLine[] => {
    const isList = Array.isArray(value) && value.length > 0 && value.every(isParams);
    if (!isList) return [{ key, name: nameOf(key), text: valueText(value) || '–' }];
    return value.map((one, at) => ({
      key: `${key}.${at}`,
      name: `${nameOf(key)} ${at + 1}`,
      text: Object.entries(one)
        .map(([name, inner]) => `${nameOf(name)} ${valueText(inner)}`)
        .join(', '),
    }));
  });
}
