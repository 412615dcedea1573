import type { ReactNode } from 'react';
import classes from './page.module.css';

export type PageProps = {
  header: ReactNode;
  children: ReactNode;
  /** A Panel; it takes its width from the page, never covers it. */
  panel?: ReactNode;
  /** `fill`: the content lays itself out and scrolls inside (grids, builders). `form`: text width. `wide`: dashboards. */
  width?: 'fill' | 'form' | 'wide';
};

/** Header above, content that scrolls by itself, details at the right. */
export function Page({ header, children, panel, width = 'wide' }: PageProps) {
  return (
    <div className={classes.page}>
      <div className={classes.main}>
        {header}
        {width === 'fill' ? (
          <div className={classes.fill}>{children}</div>
        ) : (
          <div className={classes.scroll}>
            <div className={width === 'form' ? classes.form : classes.wide}>{children}</div>
          </div>
        )}
      </div>
      {panel}
    </div>
  );
}
