import { type KeyboardEvent, memo } from 'react';
import { Link } from 'wouter';
import { useEventName } from '#renderer/parts/event-names.ts';
import list from '#renderer/ui/list.module.css';
import { Time } from '#renderer/ui/time.tsx';
import type { LiveEvent } from '#shared/event/live-event.schema.ts';
import classes from './events.module.css';

/** What a row needs; without the server there is neither source nor parameters. */
export type ShownEvent = Pick<LiveEvent, 'rowId' | 'at' | 'type' | 'contactId' | 'name'> &
  Partial<Pick<LiveEvent, 'source' | 'params'>>;

type Props = {
  events: readonly ShownEvent[];
  open: number | null;
  /** Absent where there is nothing more to see. */
  onOpen?: (rowId: number | null) => void;
};

/** The arrows go from row to row; Enter opens what an event says. */
function moveFocus(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLButtonElement)) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button[data-row]')];
  buttons[buttons.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}

/** The newest events, one a row. */
export function LiveList({ events, open, onOpen }: Props) {
  return (
    <div className={list.wrap}>
      <table className={list.table} aria-label="Newest events">
        <colgroup>
          <col style={{ width: 160 }} />
          <col style={{ width: '19%' }} />
          <col style={{ width: '22%' }} />
          {onOpen ? <col /> : null}
          {onOpen ? <col style={{ width: 92 }} /> : null}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Event</th>
            <th scope="col">Contact</th>
            {onOpen ? <th scope="col">What it says</th> : null}
            {onOpen ? <th scope="col">From</th> : null}
          </tr>
        </thead>
        <tbody onKeyDown={moveFocus}>
          {events.map((event) => (
            <Row key={event.rowId} event={event} isOpen={event.rowId === open} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = { event: ShownEvent; isOpen: boolean; onOpen: Props['onOpen'] };

const Row = memo(function Row({ event, isOpen, onOpen }: RowProps) {
  const { rowId, at, type, contactId, name, params, source } = event;
  const words = useEventName(type);
  return (
    <tr data-open={isOpen || undefined}>
      <td className={list.dim}>
        <Time at={at} withTime />
      </td>
      <td title={type}>
        {onOpen ? (
          <button
            type="button"
            data-row
            className={classes.rowButton}
            aria-expanded={isOpen}
            onClick={() => onOpen(isOpen ? null : rowId)}
          >
            {words}
          </button>
        ) : (
          <span className={classes.plain}>{words}</span>
        )}
      </td>
      <td>
        {contactId === 0 ? (
          <span className={list.dim}>Nobody known</span>
        ) : (
          <Link href={`/contacts/${contactId}`}>{name ?? `Contact ${contactId}`}</Link>
        )}
      </td>
      {onOpen ? (
        <>
          <td className={list.dim} title={params && params !== '{}' ? params : undefined}>
            {params && params !== '{}' ? <code>{params}</code> : ''}
          </td>
          <td className={list.dim}>{source}</td>
        </>
      ) : null}
    </tr>
  );
});
