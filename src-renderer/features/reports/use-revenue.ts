import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import type { DataError, RevenueSeries } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type DateRange, previousRange, rangeBounds } from './range.ts';

/** First and last day that have an order line; null when there is none. */
export function useDataRange(): { range: DateRange | null | undefined; error: DataError | null; reload: () => void } {
  const { value, error, reload } = useLive(() => data.revenue({ by: 'day', from: null, to: null }), [], ['columns']);
  const range = useMemo(() => (value === undefined ? undefined : dataRange(value)), [value]);
  return { range, error, reload };
}

export function dataRange({ rows }: Pick<RevenueSeries, 'rows'>): DateRange | null {
  const some = rows.filter(({ all }) => Number(all.gross) !== 0 || Number(all.returns) !== 0);
  const first = some[0];
  const last = some.at(-1);
  return first && last ? { from: first.period, to: last.period } : null;
}

export type Revenue = { series: RevenueSeries; before: RevenueSeries | null; previous: DateRange | null };

/** The range and the period before it, asked together so that both are of one moment. */
export function useRevenue(range: DateRange, whole: DateRange, by: 'day' | 'month') {
  const { zone } = useFormat();
  const previous = previousRange(range, whole);
  const ask = async (): Promise<Revenue> => {
    const [series, before] = await Promise.all([
      data.revenue({ by, ...rangeBounds(range, zone) }),
      previous ? data.revenue({ by, ...rangeBounds(previous, zone) }) : null,
    ]);
    // A period without any order is nothing to compare with.
    const some = before !== null && (Number(before.all.gross) !== 0 || Number(before.all.returns) !== 0);
    return { series, before: some ? before : null, previous };
  };
  return useLive(ask, [by, zone, range.from, range.to, whole.from, whole.to], ['columns']);
}
