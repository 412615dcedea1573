import type { ReactNode } from 'react';
import classes from './sync.module.css';

/** A titled frame of the screen. */
export function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.card} aria-label={title}>
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle}>{title}</h2>
        {aside === undefined ? null : <span className={classes.dim}>{aside}</span>}
      </div>
      {children}
    </section>
  );
}
