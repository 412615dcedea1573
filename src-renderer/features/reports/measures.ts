import type { Format } from '#renderer/ui/format.ts';
import type { RevenueFigures } from '#shared/report/revenue.schema.ts';

export const measures = ['net', 'gross', 'returns', 'orders', 'customers'] as const;
export type Measure = (typeof measures)[number];

export const measureWords: Record<Measure, { label: string; chart: string; isMoney: boolean; moreIsBetter: boolean }> =
  {
    net: { label: 'Net revenue', chart: 'Net revenue', isMoney: true, moreIsBetter: true },
    gross: { label: 'Gross revenue', chart: 'Gross revenue', isMoney: true, moreIsBetter: true },
    returns: { label: 'Returns', chart: 'Returns', isMoney: true, moreIsBetter: false },
    orders: { label: 'Orders', chart: 'Orders', isMoney: false, moreIsBetter: true },
    customers: { label: 'Customers', chart: 'Customers with an order', isMoney: false, moreIsBetter: true },
  };

export function measureValue(figures: RevenueFigures, measure: Measure): number {
  return Number(figures[measure]);
}

export function measureText(value: number, measure: Measure, currency: string, format: Format): string {
  return measureWords[measure].isMoney ? format.money(String(value), currency) : format.count(value);
}

/** "+12.3%" against the comparison; null when there is nothing to compare with. */
export function changeWords(now: number, before: number | null): string | null {
  if (before === null || before === 0) return null;
  const change = (now - before) / Math.abs(before);
  const percent = Math.abs(change) >= 10 ? Math.round(change * 100) : Math.round(change * 1000) / 10;
  if (percent === 0) return '±0%';
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toLocaleString('en-GB')}%`;
}
