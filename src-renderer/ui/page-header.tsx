import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import classes from './page-header.module.css';

export type PageHeaderProps = {
  title: ReactNode;
  /** Beside the title, dimmed: "1,204" or "1,204 of 4,338". */
  count?: ReactNode;
  /** Small state words after the count, such as SaveState. */
  status?: ReactNode;
  /** The list this page belongs to; shown before the title. */
  parent?: { label: string; href: string };
  /** Buttons at the right; the primary one last. */
  actions?: ReactNode;
  /** Tabs or filters, in a row under the title. */
  children?: ReactNode;
};

/** One header per page: title, count, state, actions; tabs or filters under it. */
export function PageHeader({ title, count, status, parent, actions, children }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.top}>
        {parent ? (
          <nav aria-label="Breadcrumb" className={classes.parent}>
            <Link href={parent.href}>{parent.label}</Link>
            <IconChevronRight size={14} stroke={1.5} aria-hidden />
          </nav>
        ) : null}
        <h1 className={classes.title}>{title}</h1>
        {count === undefined ? null : <span className={classes.count}>{count}</span>}
        {status ? <span className={classes.status}>{status}</span> : null}
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </div>
      {children ? <div className={classes.row}>{children}</div> : null}
    </header>
  );
}
