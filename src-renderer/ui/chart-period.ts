import type { ChartOption } from './chart-canvas.tsx';
import type { ChartColors } from './chart-colors.ts';
import { hoveredIndex, type TooltipRow, tooltipBox, tooltipContent } from './chart-tooltip.ts';

export type PeriodBars = {
  /** "2011-12-09" or "2011-12", one a bar. */
  periods: readonly string[];
  /** Side by side; the first takes the accent, the others the next colours of the palette. */
  series: readonly (readonly number[])[];
  /** One value a period, or fewer; null = no comparison. */
  comparison: readonly (number | null)[] | null;
  /** Word for an axis place: "9 Dec", "Dec". */
  axisLabel: (period: string, index: number) => string;
  /** Word for a value on the axis, with its unit: "£10K". */
  valueLabel: (value: number) => string;
  tooltip: (index: number) => { title: string; rows: (colors: ChartColors) => TooltipRow[]; note: string | null };
  wholeNumbers: boolean;
};

/** Room for the values at the left, and for one label below: "28 Nov", "Dec 2010". */
const AXIS_WIDTH = 56;
const LABEL_WIDTH = 62;

/** Zero-based bars over time with the comparison period as a thin grey line. */
export function periodBarsOption(bars: PeriodBars, colors: ChartColors, width: number): ChartOption {
  const room = Math.max(2, Math.floor((width - AXIS_WIDTH) / LABEL_WIDTH));
  const every = Math.max(1, Math.ceil(bars.periods.length / room));
  const dense = bars.periods.length * bars.series.length > 60;
  const series: Record<string, unknown>[] = bars.series.map((values, index) => ({
    type: 'bar',
    data: [...values],
    barMaxWidth: 40,
    barCategoryGap: dense ? '18%' : '28%',
    barGap: '10%',
    itemStyle: { color: colors.series[index] ?? colors.text, borderRadius: dense ? 1 : [2, 2, 0, 0] },
    emphasis: { itemStyle: { color: colors.series[index] ?? colors.text, opacity: 0.85 } },
  }));
  if (bars.comparison) {
    series.push({
      type: 'line',
      data: [...bars.comparison],
      symbol: 'none',
      z: 3,
      lineStyle: { color: colors.comparison, width: 1.5 },
      itemStyle: { color: colors.comparison },
      emphasis: { disabled: true },
    });
  }
  return {
    grid: { left: 4, right: 8, top: 12, bottom: 6, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      data: bars.periods.map((period, index) => bars.axisLabel(period, index)),
      axisLine: { lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      axisLabel: {
        color: colors.faintText,
        fontSize: 11,
        interval: (index: number) => index % every === 0,
        hideOverlap: true,
      },
    },
    yAxis: {
      type: 'value',
      ...(bars.wholeNumbers ? { minInterval: 1 } : {}),
      splitNumber: 4,
      axisLabel: { color: colors.faintText, fontSize: 11, formatter: (value: number) => bars.valueLabel(value) },
      splitLine: { lineStyle: { color: colors.grid } },
    },
    tooltip: {
      ...tooltipBox(colors),
      formatter: (params: unknown) => {
        const index = hoveredIndex(params);
        if (index === null) return '';
        const { title, rows, note } = bars.tooltip(index);
        return tooltipContent(title, rows(colors), note);
      },
    },
    series,
  };
}
