import type { KeyboardEvent } from 'react';
import type { Format } from '#renderer/ui/format.ts';
import type { RevenueFigures } from '#shared/report/revenue.schema.ts';
import { changeWords, type Measure, measures, measureText, measureValue, measureWords } from './measures.ts';
import classes from './reports.module.css';

type Props = {
  totals: RevenueFigures;
  before: RevenueFigures | null;
  /** The days compared with, for the tooltip. */
  beforeTitle: string;
  currency: string;
  chosen: Measure;
  onChoose: (measure: Measure) => void;
  format: Format;
};

/** The period's totals; the chosen one is what the chart below draws. A radio group: arrows move the choice. */
export function MetricSwitch({ totals, before, beforeTitle, currency, chosen, onChoose, format }: Props) {
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = measures[(measures.indexOf(chosen) + step + measures.length) % measures.length];
    if (!next) return;
    onChoose(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-measure="${next}"]`)?.focus();
  };
  return (
    <div className={classes.metrics} role="radiogroup" aria-label="Figure in the chart" onKeyDown={onKey}>
      {measures.map((measure) => {
        const value = measureValue(totals, measure);
        const change = changeWords(value, before ? measureValue(before, measure) : null);
        const rising = change?.startsWith('+') ?? false;
        const still = change === null || change === '±0%';
        const good = rising === measureWords[measure].moreIsBetter;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a card with three lines, not a dot with a label
          <button
            key={measure}
            type="button"
            role="radio"
            aria-checked={measure === chosen}
            tabIndex={measure === chosen ? 0 : -1}
            data-measure={measure}
            className={classes.metric}
            onClick={() => onChoose(measure)}
          >
            <span className={classes.metricLabel}>{measureWords[measure].label}</span>
            <span className={classes.metricValue}>{measureText(value, measure, currency, format)}</span>
            <span
              className={classes.metricChange}
              title={change === null ? undefined : `Compared with the period ${beforeTitle}`}
            >
              {change === null ? null : (
                <>
                  <span className={still ? undefined : good ? classes.up : classes.down}>{change}</span> on the period
                  before
                </>
              )}
            </span>
          </button>
        );
      })}
    </div>
  );
}
