import type { ChartColors } from './chart-colors.ts';

export type TooltipRow = { color: string | null; label: string; value: string };

/** Built as nodes, never as HTML: labels hold people's words. */
export function tooltipContent(title: string, rows: readonly TooltipRow[], note: string | null): HTMLElement {
  const root = document.createElement('div');
  root.className = 'chart-tip';
  const heading = document.createElement('div');
  heading.className = 'chart-tip-title';
  heading.textContent = title;
  root.append(heading);
  for (const row of rows) {
    const line = document.createElement('div');
    line.className = 'chart-tip-row';
    const key = document.createElement('span');
    key.className = 'chart-tip-key';
    if (row.color) key.style.background = row.color;
    const label = document.createElement('span');
    label.textContent = row.label;
    const value = document.createElement('span');
    value.textContent = row.value;
    line.append(key, label, value);
    root.append(line);
  }
  if (note) {
    const foot = document.createElement('div');
    foot.className = 'chart-tip-note';
    foot.textContent = note;
    root.append(foot);
  }
  return root;
}

/** The look of the floating box; `formatter` of the caller answers {@link tooltipContent}. */
export function tooltipBox(colors: ChartColors) {
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    backgroundColor: colors.tooltip,
    borderColor: colors.tooltipBorder,
    borderWidth: 1,
    padding: [8, 12],
    extraCssText: 'border-radius: 6px; box-shadow: 0 6px 20px rgba(15, 18, 30, 0.16);',
    textStyle: { color: colors.text, fontSize: 12 },
    axisPointer: { type: 'shadow', shadowStyle: { color: colors.hover } },
  };
}

/** Which point of the axis the pointer is over, from whatever ECharts hands to a formatter. */
export function hoveredIndex(params: unknown): number | null {
  const first: unknown = Array.isArray(params) ? params[0] : params;
  if (typeof first !== 'object' || first === null || !('dataIndex' in first)) return null;
  return typeof first.dataIndex === 'number' ? first.dataIndex : null;
}
