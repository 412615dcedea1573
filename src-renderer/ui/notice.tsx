import type { ReactNode } from 'react';
import classes from './notice.module.css';

export type NoticeProps = {
  tone: 'neutral' | 'warn' | 'bad';
  icon: ReactNode;
  title: string;
  children: ReactNode;
};

/** A state that concerns the whole screen, with what to do about it. */
export function Notice({ tone, icon, title, children }: NoticeProps) {
  return (
    <div role="status" className={classes.notice} data-tone={tone}>
      <span className={classes.icon} aria-hidden>
        {icon}
      </span>
      <div className={classes.words}>
        <p className={classes.title}>{title}</p>
        <div className={classes.text}>{children}</div>
      </div>
    </div>
  );
}
