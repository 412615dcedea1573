import { useState } from 'react';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { Measure } from './measures.ts';
import { MetricSwitch } from './metric-switch.tsx';
import type { DateRange } from './range.ts';
import classes from './reports.module.css';
import { type Customers, RevenueChart } from './revenue-chart.tsx';
import { useRevenue } from './use-revenue.ts';

type Props = {
  range: DateRange;
  /** First and last day with data. */
  whole: DateRange;
  by: 'day' | 'month';
  customers: Customers;
  onPick: ((month: string) => void) | null;
};

/** Totals of the range against the period before, and the chosen one of them over time. */
export function RevenueSection({ range, whole, by, customers, onPick }: Props) {
  const [measure, setMeasure] = useState<Measure>('net');
  const { value, error, reload } = useRevenue(range, whole, by);
  const format = useFormat();
  if (!value) {
    return error ? (
      <ErrorState inline title="The revenue could not be computed" error={error} retry={reload} />
    ) : (
      <SkeletonRows label="Loading revenue" />
    );
  }
  const { series, before, previous } = value;
  const totals = series[customers];
  const none = Number(totals.gross) === 0 && Number(totals.returns) === 0;
  const beforeWords = previous ? `from ${format.period(previous.from)} to ${format.period(previous.to)}` : '';
  return (
    <section aria-label="Revenue">
      <MetricSwitch
        totals={totals}
        before={before?.[customers] ?? null}
        beforeTitle={beforeWords}
        currency={series.currency}
        chosen={measure}
        onChoose={setMeasure}
        format={format}
      />
      <div className={classes.chartCard}>
        <RevenueChart
          series={series}
          before={before}
          by={by}
          customers={customers}
          measure={measure}
          rangeWords={rangeWords(range, customers, format.period)}
          beforeWords={beforeWords}
          empty={none ? emptyWords(customers, series.all.orders) : null}
          onPick={onPick}
        />
      </div>
      <p className={classes.asOf}>
        {series.asOf.at === null ? 'As of the last sync' : `As of ${format.dateTime(series.asOf.at)}`} · days of{' '}
        {format.zone} · {customers === 'all' ? 'all orders, also those of nobody known' : 'orders of known contacts'} ·
        the last day with an order is {format.period(whole.to)}
      </p>
    </section>
  );
}

function rangeWords(range: DateRange, customers: Customers, words: (period: string) => string): string {
  const days = range.from === range.to ? words(range.from) : `${words(range.from)} to ${words(range.to)}`;
  return customers === 'known' ? `${days}, known customers` : days;
}

function emptyWords(customers: Customers, ordersOfAll: number): string {
  return customers === 'known' && ordersOfAll > 0
    ? 'No known customer ordered in this range; others did. Choose “All customers” to see them.'
    : 'No order falls into this range. Choose a longer one, or “All”.';
}
