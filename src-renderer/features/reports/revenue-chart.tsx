import { useCallback } from 'react';
import type { RevenueSeries } from '#renderer/data/data-api.ts';
import { Chart } from '#renderer/ui/chart.tsx';
import type { OptionBuilder } from '#renderer/ui/chart-canvas.tsx';
import { periodBarsOption } from '#renderer/ui/chart-period.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { RevenueFigures } from '#shared/report/revenue.schema.ts';
import { changeWords, type Measure, measures, measureText, measureValue, measureWords } from './measures.ts';
import classes from './reports.module.css';

export type Customers = 'known' | 'all';

type Props = {
  series: RevenueSeries;
  /** The same number of periods just before; null = nothing to compare with. */
  before: RevenueSeries | null;
  by: 'day' | 'month';
  customers: Customers;
  measure: Measure;
  rangeWords: string;
  /** "from 11 Oct 2011 to 9 Nov 2011". */
  beforeWords: string;
  /** Why the range is empty; null when it is not. */
  empty: string | null;
  onPick: ((period: string) => void) | null;
};

/** Bars over the range, the period before as a thin grey line; the figures of every measure as a table. */
export function RevenueChart({
  series,
  before,
  by,
  customers,
  measure,
  rangeWords,
  beforeWords,
  empty,
  onPick,
}: Props) {
  const format = useFormat();
  const { rows, currency } = series;
  const words = measureWords[measure];
  const title = `${words.chart} by ${by}`;

  const option: OptionBuilder = useCallback(
    (colors, width) => {
      const value = (figures: RevenueFigures) => measureValue(figures, measure);
      const text = (amount: number) => measureText(amount, measure, currency, format);
      return periodBarsOption(
        {
          periods: rows.map(({ period }) => period),
          series: [rows.map((row) => value(row[customers]))],
          comparison: before ? rows.map((_, index) => numberOrNull(before.rows[index], customers, value)) : null,
          axisLabel: (period, index) => axisWords(period, index, by, format.period),
          valueLabel: (amount) =>
            words.isMoney ? format.moneyShort(String(amount), currency) : format.countShort(amount),
          wholeNumbers: !words.isMoney,
          tooltip: (index) => {
            const row = rows[index];
            const earlier = before?.rows[index];
            const now = row ? value(row[customers]) : 0;
            const then = earlier ? value(earlier[customers]) : null;
            return {
              title: row ? format.period(row.period) : '',
              rows: (palette) => [
                { color: palette.series[0] ?? null, label: words.label, value: text(now) },
                ...(earlier && then !== null
                  ? [{ color: palette.comparison, label: format.period(earlier.period), value: text(then) }]
                  : []),
              ],
              note: then === null ? null : changeNote(now, then),
            };
          },
        },
        colors,
        width,
      );
    },
    [rows, before, by, customers, measure, currency, format, words],
  );

  const pick = useCallback(
    (index: number) => {
      const row = rows[index];
      if (row && onPick) onPick(row.period);
    },
    [rows, onPick],
  );

  const total = measureText(measureValue(series[customers], measure), measure, currency, format);
  return (
    <Chart
      title={title}
      subtitle={rangeWords}
      description={`${title}, ${rangeWords}: ${total} in total. Every ${by} is in “Open as table”.`}
      empty={empty}
      option={option}
      table={{
        columns: [
          { label: by === 'day' ? 'Day' : 'Month', numeric: false },
          ...measures.map((key) => ({
            label: measureWords[key].isMoney ? `${measureWords[key].label}, ${currency}` : measureWords[key].label,
            numeric: true,
          })),
        ],
        rows: rows.map((row) => [row.period, ...measures.map((key) => measureValue(row[customers], key))]),
      }}
      fileName={`revenue-by-${by}`}
      height={300}
      {...(onPick ? { onPick: pick } : {})}
      controls={
        before ? (
          <span className={classes.legend}>
            <span className={classes.legendLine} aria-hidden /> the period before, {beforeWords}
          </span>
        ) : null
      }
    />
  );
}

type Row = RevenueSeries['rows'][number];

function numberOrNull(
  row: Row | undefined,
  customers: Customers,
  value: (figures: RevenueFigures) => number,
): number | null {
  return row ? value(row[customers]) : null;
}

function changeNote(now: number, then: number): string | null {
  const change = changeWords(now, then);
  return change === null ? null : `${change} against the period before`;
}

/** Days as "9 Dec"; months as "Dec", with the year at January and at the start. */
function axisWords(period: string, index: number, by: 'day' | 'month', words: (period: string) => string): string {
  const full = words(period);
  const short = full.replace(/ \d{4}$/, '');
  if (by === 'day') return short;
  return index === 0 || period.endsWith('-01') ? full : short;
}
