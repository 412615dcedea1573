import { Tooltip } from '@mantine/core';
import classes from './chart-funnel.module.css';

export type FunnelStep = {
  label: string;
  value: number;
  /** The figure as written: "1,180". */
  text: string;
  /** What part of which step: "98% of recipients". */
  share: string | null;
  /** Counted beside the step, never in it: machine opens. */
  beside: { value: number; text: string; why: string } | null;
  /** Opens who is behind the figure. */
  onOpen: (() => void) | null;
};

/** Steps under each other on one scale, labelled directly. A list for those who cannot see the bars. */
export function Funnel({ label, steps }: { label: string; steps: readonly FunnelStep[] }) {
  const most = Math.max(1, ...steps.map(({ value, beside }) => value + (beside?.value ?? 0)));
  return (
    <ol className={classes.funnel} aria-label={label}>
      {steps.map((step) => (
        <li key={step.label} className={classes.step}>
          <span className={classes.label}>{step.label}</span>
          <span className={classes.track} aria-hidden>
            <span
              className={classes.bar}
              style={{ width: `${(step.value / most) * 100}%` }}
              data-some={step.value > 0 || undefined}
            />
            {step.beside && step.beside.value > 0 ? (
              <span className={classes.beside} style={{ width: `${(step.beside.value / most) * 100}%` }} />
            ) : null}
          </span>
          <span className={classes.value}>
            {step.onOpen && step.value > 0 ? (
              <button type="button" className={classes.open} onClick={step.onOpen}>
                {step.text}
              </button>
            ) : (
              step.text
            )}
          </span>
          <span className={classes.share}>
            {step.share}
            {step.beside && step.beside.value > 0 ? (
              <Tooltip label={step.beside.why} multiline w={260}>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason in its tooltip must be reachable by keyboard */}
                <span className={classes.note} tabIndex={0}>
                  {step.beside.text}
                </span>
              </Tooltip>
            ) : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
