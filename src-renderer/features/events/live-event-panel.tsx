import { Link } from 'wouter';
import { eventName, typeHref } from '#renderer/parts/event-names.ts';
import { Panel, PanelSection } from '#renderer/ui/panel.tsx';
import { Time } from '#renderer/ui/time.tsx';
import type { LiveEvent } from '#shared/event/live-event.schema.ts';
import classes from './events.module.css';

/** "{…}" with a line each; as it came where it is only a beginning. */
function pretty({ params, cut }: LiveEvent): string {
  if (params === null || cut) return `${params ?? ''}${cut ? '…' : ''}`;
  const value: unknown = JSON.parse(params);
  return JSON.stringify(value, null, 2);
}

/** All that one event says. */
export function LiveEventPanel({ event, onClose }: { event: LiveEvent; onClose: () => void }) {
  return (
    <Panel label="Event" title={eventName(event.type)} subtitle={<Time at={event.at} withTime />} onClose={onClose}>
      <PanelSection title="About">
        <dl className={classes.facts}>
          <dt>Type</dt>
          <dd>
            <Link href={typeHref(event.type)}>{event.type}</Link>
          </dd>
          <dt>Contact</dt>
          <dd>
            {event.contactId === 0 ? (
              'Nobody known yet'
            ) : (
              <Link href={`/contacts/${event.contactId}`}>{event.name ?? `Contact ${event.contactId}`}</Link>
            )}
          </dd>
          <dt>Came from</dt>
          <dd>{event.source}</dd>
        </dl>
      </PanelSection>
      <PanelSection title="What it says">
        {event.params === null ? (
          <p className={classes.words}>What events say may be personal; your role does not show it.</p>
        ) : (
          <pre className={classes.payload}>{pretty(event)}</pre>
        )}
        {event.cut ? <p className={classes.words}>It says more than is shown here.</p> : null}
      </PanelSection>
    </Panel>
  );
}
