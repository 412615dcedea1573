import { formatMoney } from '#shared/kernel/money.ts';

export type FormatSettings = { zone: string; currency: string };

/** Every figure and date on the screen goes through here, so that the same number looks the same everywhere. */
export type Format = {
  zone: string;
  currency: string;
  /** 1204 → "1,204". */
  count: (value: number) => string;
  /** 1204, "contact" → "1,204 contacts". */
  counted: (value: number, one: string, many?: string) => string;
  /** Amount in 1/10,000 of the unit, or a decimal string from a report → "£8,911,407.90". */
  money: (amount: number | string, currency?: string) => string;
  /** For axes and tight places: "£8.9M". */
  moneyShort: (amount: number | string, currency?: string) => string;
  /** 1204000 → "1.2M". */
  countShort: (value: number) => string;
  /** 12_400_000 → "12.4 MB". */
  bytes: (size: number) => string;
  /** 0.123 → "12.3%"; of nothing → "–". */
  share: (part: number, whole: number) => string;
  /** "9 Dec 2011" in the workspace zone. */
  date: (at: number) => string;
  /** "9 Dec 2011, 12:50". */
  dateTime: (at: number) => string;
  /** "14:02". */
  time: (at: number) => string;
  /** "3 days ago", "in 2 hours", "just now". */
  relative: (at: number, now: number) => string;
  /** "productViewed" → "Product viewed". */
  event: (key: string) => string;
  /** A "2011-12-09" or "2011-12" period of a report → "9 Dec 2011", "Dec 2011". */
  period: (period: string) => string;
};

/** A sentence that begins with a name: "the restore" → "The restore". */
export const upperFirst = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

/** "IN_PROGRESS", "subscribed" → "In progress", "Subscribed": stored codes as words. */
export function sentenceCase(code: string): string {
  return upperFirst(code.replaceAll('_', ' ').toLowerCase());
}

/** "productViewed", "cart_abandoned" → "Product viewed", "Cart abandoned": a key of code as people read it. */
export const keyWords = (key: string): string => sentenceCase(key.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2'));

const LOCALE = 'en-GB';

const decimals = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 4 });
/** 1234.5 → "1,234.5". */
export const decimalWords = (value: number): string => decimals.format(value);

const relativeSteps: [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number][] = [
  [3_600_000, 'minute', 60_000],
  [86_400_000, 'hour', 3_600_000],
  [30 * 86_400_000, 'day', 86_400_000],
  [365 * 86_400_000, 'month', 30.44 * 86_400_000],
  [Number.POSITIVE_INFINITY, 'year', 365.25 * 86_400_000],
];

const byteSteps: [limit: number, unit: string, size: number][] = [
  [1e3, 'byte', 1],
  [1e6, 'kilobyte', 1e3],
  [1e9, 'megabyte', 1e6],
  [Number.POSITIVE_INFINITY, 'gigabyte', 1e9],
];

/** Whole units for display; reports keep exact decimals. */
function units(amount: number | string): number {
  return typeof amount === 'string' ? Number(amount) : Number(formatMoney(Math.round(amount)));
}

/** Makes the formatters once for a workspace; Intl objects are dear to construct. */
export function createFormat({ zone, currency }: FormatSettings): Format {
  const counts = new Intl.NumberFormat(LOCALE);
  const shortCounts = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
  const shares = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
  const dates = new Intl.DateTimeFormat(LOCALE, { timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' });
  const times = new Intl.DateTimeFormat(LOCALE, { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const relatives = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
  const days = new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  const months = new Intl.DateTimeFormat(LOCALE, { timeZone: 'UTC', month: 'short', year: 'numeric' });
  const moneys = new Map<string, Intl.NumberFormat>();

  const moneyFormat = (code: string, notation: 'standard' | 'compact'): Intl.NumberFormat => {
    const key = `${code}/${notation}`;
    const known = moneys.get(key);
    if (known) return known;
    const made = new Intl.NumberFormat(LOCALE, {
      style: 'currency',
      currency: code,
      notation,
      currencyDisplay: 'narrowSymbol',
      ...(notation === 'compact' ? { maximumFractionDigits: 1 } : {}),
    });
    moneys.set(key, made);
    return made;
  };

  const count = (value: number) => counts.format(value);
  const date = (at: number) => dates.format(at);
  const time = (at: number) => times.format(at);
  return {
    zone,
    currency,
    count,
    counted: (value, one, many) => `${count(value)} ${value === 1 ? one : (many ?? `${one}s`)}`,
    money: (amount, code = currency) => moneyFormat(code, 'standard').format(units(amount)),
    moneyShort: (amount, code = currency) => moneyFormat(code, 'compact').format(units(amount)),
    countShort: (value) => shortCounts.format(value),
    bytes: (size) => {
      // The last step has no limit, so one is always found.
      const [, unit, unitSize] = byteSteps.find(([limit]) => size < limit) ?? ['', 'byte', 1];
      return new Intl.NumberFormat(LOCALE, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'byte' ? 'long' : 'short',
        maximumFractionDigits: unitSize < 1e6 || size >= 100 * unitSize ? 0 : 1,
      }).format(size / unitSize);
    },
    share: (part, whole) => (whole > 0 ? shares.format(part / whole) : '–'),
    date,
    time,
    dateTime: (at) => `${date(at)}, ${time(at)}`,
    relative: (at, now) => {
      const distance = Math.abs(at - now);
      if (distance < 60_000) return 'just now';
      for (const [limit, unit, size] of relativeSteps) {
        if (distance < limit) return relatives.format(Math.trunc((at - now) / size), unit);
      }
      return date(at);
    },
    event: keyWords,
    period: (period) => {
      const at = Date.parse(period.length === 7 ? `${period}-01T00:00:00Z` : `${period}T00:00:00Z`);
      if (Number.isNaN(at)) return period;
      return period.length === 7 ? months.format(at) : days.format(at);
    },
  };
}
