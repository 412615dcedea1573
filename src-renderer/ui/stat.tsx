import type { ReactNode } from 'react';
import classes from './stat.module.css';

export type StatProps = {
  label: string;
  value: ReactNode;
  /** A second line: a share, a comparison, an "as of". */
  hint?: ReactNode;
  tone?: 'ok' | 'warn' | 'bad';
};

/** One figure with its name. Put several into a StatRow. */
export function Stat({ label, value, hint, tone }: StatProps) {
  return (
    <div className={classes.stat}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value} data-tone={tone}>
        {value}
      </dd>
      {hint ? <dd className={classes.hint}>{hint}</dd> : null}
    </div>
  );
}

/** Figures side by side in one frame with hairlines between them. */
export function StatRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <dl className={classes.row} aria-label={label}>
      {children}
    </dl>
  );
}
