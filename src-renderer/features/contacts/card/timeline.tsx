import { Button, Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ContactCard } from '#renderer/data/data-api.ts';
import { eventName } from '#renderer/parts/event-names.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './timeline.module.css';
import { isShown, isTimelineFilter, type TimelineFilter, timelineOf, typesOf } from './timeline-entries.ts';
import { TimelineRow } from './timeline-row.tsx';
import { useContactEvents } from './use-contact-events.ts';

const STEP = 25;

/** Everything that happened with a contact in one line of time: what they did, bought and were sent. */
export function Timeline({ id, card }: { id: number; card: Pick<ContactCard, 'orders' | 'deliveries'> }) {
  const format = useFormat();
  const personal = usePersonalHere();
  const found = useContactEvents(id, personal);
  const [filter, setFilter] = useState<TimelineFilter>('all');
  const [limit, setLimit] = useState(STEP);
  const reach = found.value?.reach;
  const events = reach === 'unknown' ? undefined : found.value?.events;
  const entries = useMemo(() => timelineOf(events ?? [], card), [events, card]);
  const types = useMemo(() => typesOf(events ?? []), [events]);
  const shown = entries.filter((entry) => isShown(entry, filter));
  if (found.error !== null && events === undefined) {
    return (
      <PanelSection title="Timeline">
        <ErrorState inline title="The timeline could not be read" error={found.error} retry={found.reload} />
      </PanelSection>
    );
  }
  if (events === undefined) return null;
  const since = found.value?.asOf.eventsFrom ?? null;
  const plus = reach === 'newest' ? '+' : '';
  return (
    <PanelSection title="Timeline" aside={entries.length === 0 ? undefined : format.count(entries.length) + plus}>
      {entries.length === 0 ? (
        <p className={classes.note}>Nothing yet. Visits, carts, orders and messages will appear here as they happen.</p>
      ) : (
        <>
          <Select
            aria-label="Show in the timeline"
            size="xs"
            className={classes.filter}
            allowDeselect={false}
            value={filter}
            onChange={(next) => {
              if (next === null || !isTimelineFilter(next)) return;
              setFilter(next);
              setLimit(STEP);
            }}
            data={[
              { value: 'all', label: 'Everything' },
              { value: 'events', label: 'All events' },
              { value: 'orders', label: 'Orders' },
              { value: 'messages', label: 'Messages' },
              ...(types.length === 0
                ? []
                : [
                    {
                      group: 'Events',
                      items: types.map(({ type, count }) => ({
                        value: `event:${type}`,
                        label: `${eventName(type)} (${format.count(count)}${plus})`,
                      })),
                    },
                  ]),
            ]}
          />
          {shown.length === 0 ? <p className={classes.note}>Nothing of this kind.</p> : null}
          <ol className={classes.list}>
            {shown.slice(0, limit).map((entry) => (
              <TimelineRow key={entry.key} entry={entry} personal={personal} />
            ))}
          </ol>
          {shown.length > limit ? (
            <Button variant="subtle" color="gray" onClick={() => setLimit(limit + STEP)}>
              Show {Math.min(STEP, shown.length - limit)} more
            </Button>
          ) : null}
          {reach === 'newest' && shown.length <= limit ? (
            <Button variant="subtle" color="gray" loading={found.loading} onClick={found.showAll}>
              Show older events
            </Button>
          ) : null}
          {since === null ? null : (
            <p className={classes.note}>Events before {format.date(since)} are not kept on this device.</p>
          )}
        </>
      )}
    </PanelSection>
  );
}
