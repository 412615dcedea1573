/** The one place that knows ECharts: only what the charts here need is registered. */
import { useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type ECharts, type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { type ChartColors, chartColors } from './chart-colors.ts';
import './chart.css';

use([BarChart, LineChart, GridComponent, TooltipComponent, MarkLineComponent, CanvasRenderer]);

export type ChartOption = EChartsCoreOption;
export type ChartImage = { toCanvas(): HTMLCanvasElement | null };
/** Builds the option; `width` lets it thin labels out on a narrow card. */
export type OptionBuilder = (colors: ChartColors, width: number) => ChartOption;

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

type Props = {
  /** Keep it stable (useCallback): a new function draws again. */
  option: OptionBuilder;
  height: number;
  description: string;
  onPick?: ((dataIndex: number) => void) | undefined;
  image?: Ref<ChartImage>;
};

export function ChartCanvas({ option, height, description, onPick, image }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [width, setWidth] = useState(0);
  const scheme = useComputedColorScheme('light');
  const still = useReducedMotion();

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = init(element, null, { renderer: 'canvas' });
    chart.current = made;
    const observer = new ResizeObserver(() => {
      made.resize();
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    if (!chart.current || width === 0) return;
    const colors = chartColors(scheme);
    const base = {
      animation: !still,
      animationDuration: 220,
      animationDurationUpdate: 220,
      color: [...colors.series],
      backgroundColor: 'transparent',
      textStyle: { fontFamily: FONT, fontSize: 11, color: colors.text },
    };
    chart.current.setOption({ ...base, ...option(colors, width) }, { notMerge: true });
  }, [option, width, scheme, still]);

  useEffect(() => {
    const made = chart.current;
    if (!made || !onPick) return;
    const zr = made.getZr();
    const pick = (event: { offsetX: number; offsetY: number }) => {
      const point = [event.offsetX, event.offsetY];
      if (!made.containPixel('grid', point)) return;
      const [index] = made.convertFromPixel({ gridIndex: 0 }, point);
      if (typeof index === 'number') onPick(Math.round(index));
    };
    zr.on('click', pick);
    return () => {
      zr.off('click', pick);
    };
  }, [onPick]);

  useImperativeHandle(
    image,
    () => ({
      toCanvas: () =>
        chart.current?.renderToCanvas({ pixelRatio: 2, backgroundColor: chartColors(scheme).ground }) ?? null,
    }),
    [scheme],
  );

  return <div ref={box} role="img" aria-label={description} className="chart-canvas" style={{ height }} />;
}
