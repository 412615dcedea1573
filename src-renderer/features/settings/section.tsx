import type { ReactNode } from 'react';
import classes from './settings.module.css';

/** A titled part of the settings with a line on what it is for. */
export function Section({
  title,
  text,
  aside,
  children,
}: {
  title: string;
  text?: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.head}>
        <div>
          <h2 className={classes.title}>{title}</h2>
          {text ? <p className={classes.text}>{text}</p> : null}
        </div>
        {aside ? <div className={classes.aside}>{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}
