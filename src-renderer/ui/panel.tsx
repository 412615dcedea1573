import { ActionIcon, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type CSSProperties, type ReactNode, useEffect, useRef } from 'react';
import classes from './panel.module.css';

export type PanelProps = {
  /** Names the region for screen readers. */
  label: string;
  title: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** Usually: navigate to the list's address. Also runs on Esc. */
  onClose: () => void;
  children: ReactNode;
  width?: number;
};

/** Details at the right of a page. The address says what is open, so a link or a reload opens the same. */
export function Panel({ label, title, subtitle, actions, onClose, children, width = 420 }: PanelProps) {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      // Esc in a dialog, a menu or a field belongs to it.
      if (event.target instanceof Element && event.target.closest('[role="dialog"], [role="menu"], [role="listbox"]'))
        return;
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      close.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  return (
    <aside className={classes.panel} aria-label={label} style={{ '--panel-width': `${width}px` } as CSSProperties}>
      <div className={classes.head}>
        <div className={classes.names}>
          <h2 className={classes.title}>{title}</h2>
          {subtitle ? <div className={classes.subtitle}>{subtitle}</div> : null}
        </div>
        {actions}
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close details" onClick={onClose}>
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.body}>{children}</div>
    </aside>
  );
}

/** A titled part of a panel. */
export function PanelSection({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h3 className={classes.sectionTitle}>{title}</h3>
        {aside ? <span className={classes.sectionAside}>{aside}</span> : null}
      </div>
      {children}
    </section>
  );
}
