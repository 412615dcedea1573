import type { ReactNode } from 'react';
import classes from './status-dot.module.css';

export type Tone = 'neutral' | 'accent' | 'ok' | 'warn' | 'bad';

/** A state in words with a small coloured dot: colour never carries the meaning alone. */
export function StatusDot({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.status}>
      <span className={classes.dot} data-tone={tone} aria-hidden />
      <span className={classes.words}>{children}</span>
    </span>
  );
}
