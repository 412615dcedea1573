import { useComputedColorScheme } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { CampaignFigures } from '#renderer/data/data-api.ts';
import { activity } from '#renderer/parts/campaign-steps.ts';
import { Chart } from '#renderer/ui/chart.tsx';
import type { OptionBuilder } from '#renderer/ui/chart-canvas.tsx';
import { chartColors } from '#renderer/ui/chart-colors.ts';
import { periodBarsOption } from '#renderer/ui/chart-period.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './campaigns.module.css';

/** When people opened and clicked, by hour, or by day once there are more than three. */
export function ActivityChart({ figures, name }: { figures: CampaignFigures; name: string }) {
  const format = useFormat();
  const { by, buckets } = useMemo(() => activity(figures.series, format.zone), [figures.series, format.zone]);
  const colors = chartColors(useComputedColorScheme('light'));
  const some = buckets.some(({ opened, clicked }) => opened + clicked > 0);

  const option: OptionBuilder = useCallback(
    (palette, width) => {
      const words = (at: number) => (by === 'hour' ? format.dateTime(at) : format.date(at));
      return periodBarsOption(
        {
          periods: buckets.map(({ at }) => String(at)),
          series: [buckets.map(({ opened }) => opened), buckets.map(({ clicked }) => clicked)],
          comparison: null,
          axisLabel: (at, index) =>
            axisWords(Number(at), index === 0 ? null : (buckets[index - 1]?.at ?? null), by, format),
          valueLabel: format.countShort,
          wholeNumbers: true,
          tooltip: (index) => {
            const bucket = buckets[index];
            return {
              title: bucket ? words(bucket.at) : '',
              rows: (shade) => [
                { color: shade.series[0] ?? null, label: 'Opened', value: format.count(bucket?.opened ?? 0) },
                { color: shade.series[1] ?? null, label: 'Clicked', value: format.count(bucket?.clicked ?? 0) },
              ],
              note: null,
            };
          },
        },
        palette,
        width,
      );
    },
    [buckets, by, format],
  );

  return (
    <Chart
      title={`Opens and clicks by ${by}`}
      subtitle={`People, at their first open and first click (${format.zone})`}
      description={`Opens and clicks of ${name} by ${by}: ${format.count(figures.opened)} opened, ${format.count(figures.clicked)} clicked. Every ${by} is in “Open as table”.`}
      empty={some ? null : 'Nobody has opened or clicked yet. Opens usually start within minutes of the first mail.'}
      option={option}
      table={{
        columns: [
          { label: by === 'hour' ? 'Hour' : 'Day', numeric: false },
          { label: 'Opened', numeric: true },
          { label: 'Clicked', numeric: true },
        ],
        rows: buckets.map(({ at, opened, clicked }) => [
          by === 'hour' ? format.dateTime(at) : format.date(at),
          opened,
          clicked,
        ]),
      }}
      fileName="opens-and-clicks"
      height={220}
      controls={
        some ? (
          <>
            <Key color={colors.series[0]} label="Opened" />
            <Key color={colors.series[1]} label="Clicked" />
          </>
        ) : null
      }
    />
  );
}

function Key({ color, label }: { color: string | undefined; label: string }) {
  return (
    <span className={classes.legend}>
      <i style={{ background: color }} aria-hidden />
      {label}
    </span>
  );
}

type Words = { date: (at: number) => string; time: (at: number) => string };

/** The hour; the date where a day begins and at the start. */
function axisWords(at: number, before: number | null, by: 'hour' | 'day', format: Words): string {
  const day = format.date(at).replace(/ \d{4}$/, '');
  if (by === 'day') return day;
  return before === null || format.date(before) !== format.date(at) ? day : format.time(at);
}
