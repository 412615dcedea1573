import { UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconMail, IconPointer, IconShoppingBag } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { eventName } from '#renderer/parts/event-names.ts';
import { sentenceCase } from '#renderer/ui/format.ts';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { deliveryStateWords } from '#shared/campaign/campaign-words.ts';
import { eventSummary, parameterLines } from './event-words.ts';
import classes from './timeline.module.css';
import type { EventEntry, TimelineEntry } from './timeline-entries.ts';

const icons = { event: IconPointer, order: IconShoppingBag, message: IconMail };

function useWords(entry: TimelineEntry): { name: string; about: string } {
  const format = useFormat();
  switch (entry.kind) {
    case 'event':
      return { name: eventName(entry.event.type), about: eventSummary(entry.event.details?.params ?? {}) };
    case 'order': {
      const { externalOrderId, gross, returns, currency, status } = entry.order;
      const parts = [externalOrderId, format.money(gross - returns, currency), sentenceCase(status)];
      return { name: 'Order', about: parts.filter((part) => part !== '').join(' · ') };
    }
    case 'message':
      return { name: 'Email', about: deliveryStateWords[entry.delivery.state] };
  }
}

/** One thing that happened; an event opens to what it says. */
export function TimelineRow({ entry, personal }: { entry: TimelineEntry; personal: boolean }) {
  const [open, setOpen] = useState(false);
  const details = useId();
  const { name, about } = useWords(entry);
  const Icon = icons[entry.kind];
  const head = (
    <>
      <Icon className={classes.icon} size={15} stroke={1.5} aria-hidden />
      <span className={classes.name} title={name}>
        {name}
      </span>
      <span className={classes.about} title={about}>
        {about}
      </span>
      <span className={classes.time}>
        <Time at={entry.at} withTime />
      </span>
    </>
  );
  if (entry.kind !== 'event') {
    return (
      <li className={classes.row}>
        <div className={classes.head}>
          {head}
          <span className={classes.space} />
        </div>
      </li>
    );
  }
  return (
    <li className={classes.row}>
      <UnstyledButton
        className={classes.head}
        aria-expanded={open}
        aria-controls={open ? details : undefined}
        onClick={() => setOpen(!open)}
      >
        {head}
        <IconChevronRight
          className={classes.chevron}
          data-open={open || undefined}
          size={14}
          stroke={1.75}
          aria-hidden
        />
      </UnstyledButton>
      {open ? (
        <div id={details} className={classes.details}>
          <Details event={entry.event} personal={personal} />
        </div>
      ) : null}
    </li>
  );
}

function Details({ event, personal }: { event: EventEntry; personal: boolean }) {
  if (!personal) return <p className={classes.note}>What events say is not kept on this device.</p>;
  if (event.details === null) {
    return <p className={classes.note}>What it says is fetched when the server is there.</p>;
  }
  if (event.details.params === null) return <p className={classes.note}>It says too much to be shown here.</p>;
  const lines = parameterLines(event.details.params);
  return (
    <dl className={classes.parameters}>
      {lines.map(({ key, name, text }) => (
        <div key={key} className={classes.parameter}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      <div className={classes.parameter}>
        <dt>Came from</dt>
        <dd>{event.details.source}</dd>
      </div>
    </dl>
  );
}
