import { Button, Select, TextInput } from '@mantine/core';
import { IconActivity, IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useLive } from '#renderer/data/hooks.ts';
import { eventName } from '#renderer/parts/event-names.ts';
import { useProblemCount } from '#renderer/parts/problem-count.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './events.module.css';
import { EventsPage } from './events-page.tsx';
import { MOST_SHOWN } from './live-buffer.ts';
import { LiveEventPanel } from './live-event-panel.tsx';
import { LiveList } from './live-list.tsx';
import { OfflineEvents } from './offline-events.tsx';
import { useLiveEvents } from './use-live-events.ts';

const REST_MS = 300;

/** Events as they arrive, with who and what; found by type, contact or a word in what they say. */
export function LiveScreen() {
  const format = useFormat();
  const online = useOnline();
  const maySearch = useCan('readPersonal');
  const [type, setType] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState<number | null>(null);
  const text = useDebounced(search.trim(), REST_MS) || null;
  const live = useLiveEvents({ type, text }, { online, paused });
  usePauseKey(() => setPaused((now) => !now));
  const opened = live.list?.events.find(({ rowId }) => rowId === open);
  return (
    <EventsPage
      count={online && live.list ? format.count(live.list.events.length) : undefined}
      panel={opened && online ? <LiveEventPanel event={opened} onClose={() => setOpen(null)} /> : undefined}
      actions={
        <Button
          variant={paused ? 'filled' : 'default'}
          disabled={!online}
          aria-pressed={paused}
          title="P"
          leftSection={paused ? <IconPlayerPlay size={16} stroke={1.5} /> : <IconPlayerPause size={16} stroke={1.5} />}
          onClick={() => setPaused(!paused)}
        >
          {paused ? 'Go on' : 'Pause'}
        </Button>
      }
    >
      <div className={classes.bar}>
        <TypeFilter value={type} onChange={setType} />
        {maySearch ? (
          <TextInput
            className={classes.search}
            aria-label="Search events"
            placeholder="Email, phone, External ID, or a word"
            leftSection={<IconSearch size={15} stroke={1.5} aria-hidden />}
            disabled={!online}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        ) : null}
        <Standing online={online} paused={paused} searched={live.list?.searched ?? null} missed={live.list?.missed} />
      </div>
      <ProblemNote />
      {online ? (
        live.list === null ? (
          live.error === null ? (
            <SkeletonRows label="Loading events" />
          ) : (
            <ErrorState title="The events could not be read" error={live.error} retry={live.reload} />
          )
        ) : live.list.events.length === 0 ? (
          <NoEvents filtered={type !== null || text !== null} />
        ) : (
          <LiveList events={live.list.events} open={open} onOpen={setOpen} />
        )
      ) : (
        <OfflineEvents type={type} />
      )}
    </EventsPage>
  );
}

function TypeFilter({ value, onChange }: { value: string | null; onChange: (type: string | null) => void }) {
  const types = useLive((from) => from.eventTypes(), [], ['columns']);
  return (
    <Select
      aria-label="Type of event"
      className={classes.typeFilter}
      placeholder="All types"
      searchable
      clearable
      value={value}
      onChange={onChange}
      data={(types.value ?? []).map(({ value: key }) => ({ value: key, label: eventName(key) }))}
    />
  );
}

type StandingProps = { online: boolean; paused: boolean; searched: number | null; missed: boolean | undefined };

/** What is being shown, in words; spoken when it changes. */
function Standing({ online, paused, searched, missed }: StandingProps) {
  const format = useFormat();
  const words = !online
    ? 'Offline: who, what and when, as this device knows it'
    : paused
      ? 'Paused: what arrives now is shown when you go on'
      : searched !== null
        ? `Of the contact that is meant, and of the newest ${format.count(searched)} events`
        : missed
          ? `More arrives than can be shown; the newest ${format.count(MOST_SHOWN)} stay`
          : 'Shown as they arrive';
  return (
    <output className={classes.standing} data-live={(online && !paused) || undefined}>
      {words}
    </output>
  );
}

function ProblemNote() {
  const format = useFormat();
  const problems = useProblemCount();
  if (problems === 0) return null;
  return (
    <p className={classes.problemNote}>
      {format.counted(problems, 'thing')} that came in could not be stored.{' '}
      <Link href="/events/problems">Problems</Link>
    </p>
  );
}

function NoEvents({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState compact title="No such events">
        None of the newest events is like that. What arrives from now on is shown here.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<IconActivity size={24} stroke={1.5} />} title="Waiting for the first event">
      It appears here the moment it arrives. Send one by the API, or open a page with a site’s script.
    </EmptyState>
  );
}

/** P pauses and goes on, unless somebody is typing. */
function usePauseKey(toggle: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'p' || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target;
      if (event.defaultPrevented || target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
      toggle();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}
