import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

export type EmptyStateProps = {
  /** A Tabler icon, 24 px. */
  icon?: ReactNode;
  title: string;
  /** What this place is for, in a sentence. */
  children?: ReactNode;
  /** One main action; a second, quieter one may follow. */
  actions?: ReactNode;
  /** For a part of a page instead of a whole one. */
  compact?: boolean;
};

/** Says what a place is for and offers the one thing to do next. */
export function EmptyState({ icon, title, children, actions, compact = false }: EmptyStateProps) {
  return (
    <div className={compact ? classes.compact : classes.full}>
      {icon ? (
        <div className={classes.icon} aria-hidden>
          {icon}
        </div>
      ) : null}
      <h2 className={classes.title}>{title}</h2>
      {children ? <div className={classes.text}>{children}</div> : null}
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </div>
  );
}
