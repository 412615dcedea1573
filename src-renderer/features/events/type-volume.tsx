import { SegmentedControl } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { EventVolume } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Chart } from '#renderer/ui/chart.tsx';
import type { OptionBuilder } from '#renderer/ui/chart-canvas.tsx';
import { periodBarsOption } from '#renderer/ui/chart-period.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import { DAY_MS, localDate, startOfDate } from '#shared/kernel/time.ts';

const ranges = [
  { value: '30', label: '30 days', by: 'day' },
  { value: '90', label: '90 days', by: 'day' },
  { value: '365', label: '12 months', by: 'month' },
] as const;
type Range = (typeof ranges)[number];

const noRows: EventVolume['rows'] = [];

/** How often a type happened, day by day or month by month, from what is on this device. */
export function TypeVolume({ typeKey }: { typeKey: string }) {
  const format = useFormat();
  const [range, setRange] = useState<Range>(ranges[0]);
  const found = useLive(
    (from) => {
      const now = clock();
      const first = startOfDate(format.zone, localDate(format.zone, now - (Number(range.value) - 1) * DAY_MS));
      return from.eventVolume({ type: typeKey, by: range.by, from: first, to: now + 1 });
    },
    [typeKey, range, format.zone],
    ['columns'],
  );
  const rows = found.value?.rows ?? noRows;
  const option: OptionBuilder = useCallback(
    (colors, width) =>
      periodBarsOption(
        {
          periods: rows.map(({ period }) => period),
          series: [rows.map(({ events }) => events)],
          comparison: null,
          axisLabel: (period) =>
            range.by === 'day' ? format.period(period).replace(/ \d{4}$/, '') : format.period(period),
          valueLabel: (value) => format.countShort(value),
          wholeNumbers: true,
          tooltip: (index) => {
            const row = rows[index];
            return {
              title: row ? format.period(row.period) : '',
              rows: (palette) => [
                { color: palette.series[0] ?? null, label: 'Events', value: format.count(row?.events ?? 0) },
                { color: null, label: 'Contacts', value: format.count(row?.contacts ?? 0) },
              ],
              note: null,
            };
          },
        },
        colors,
        width,
      ),
    [rows, range, format],
  );
  if (found.error !== null && found.value === undefined) {
    return <ErrorState inline title="The events could not be counted" error={found.error} retry={found.reload} />;
  }
  const { events = 0, contacts = 0 } = found.value ?? {};
  const total = `${format.counted(events, 'event')} of ${format.counted(contacts, 'contact')}`;
  const title = `Events by ${range.by}`;
  return (
    <Chart
      title={title}
      subtitle={`${range.label}: ${total}`}
      description={`${title}, the last ${range.label}: ${total}. Every ${range.by} is in “Open as table”.`}
      empty={found.value && events === 0 ? `None in the last ${range.label}.` : null}
      option={option}
      table={{
        columns: [
          { label: range.by === 'day' ? 'Day' : 'Month', numeric: false },
          { label: 'Events', numeric: true },
          { label: 'Contacts', numeric: true },
        ],
        rows: rows.map((row) => [row.period, row.events, row.contacts]),
      }}
      fileName={`events-${typeKey.replaceAll(/[^\w.-]+/g, '-')}`}
      height={220}
      controls={
        <SegmentedControl
          size="xs"
          aria-label="Range"
          value={range.value}
          onChange={(next) => setRange(ranges.find(({ value }) => value === next) ?? ranges[0])}
          data={ranges.map(({ value, label }) => ({ value, label }))}
        />
      }
    />
  );
}
