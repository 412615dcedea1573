import { Button, Switch, TextInput } from '@mantine/core';
import { IconActivity, IconPlus, IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { typeHref } from '#renderer/parts/event-names.ts';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { useCan } from '#renderer/parts/use-can.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { isSystemType } from '#shared/event/system-events.ts';
import { fold } from '#shared/kernel/fold.ts';
import classes from './events.module.css';
import { EventsPage } from './events-page.tsx';
import { Sparkline } from './sparkline.tsx';
import { type TypeRow, useEventTypes } from './use-event-types.ts';

/** Every type of event that came in or was described, with what it did lately. */
export function TypesScreen() {
  const format = useFormat();
  const { rows, error, figures } = useEventTypes();
  const [search, setSearch] = useState('');
  const [archived, setArchived] = useState(false);
  const mayEdit = useMayEditTypes();
  const own = rows?.filter(({ key }) => !isSystemType(key));
  const hidden = own?.filter((row) => row.archived).length ?? 0;
  const byTag = useTagFilter(own ?? [], ({ doc }) => doc?.body ?? {});
  const shown = byTag.shown.filter(
    (row) => (archived || !row.archived) && fold(`${row.name} ${row.key}`).includes(fold(search.trim())),
  );
  return (
    <EventsPage
      count={own?.length ? format.count(own.length - hidden) : undefined}
      actions={mayEdit ? <NewType taken={new Set(own?.map(({ key }) => key))} /> : null}
    >
      {own === undefined ? (
        error === null ? (
          <SkeletonRows label="Loading event types" />
        ) : (
          <ErrorState title="The event types could not be read" error={error} retry={figures.reload} />
        )
      ) : own.length === 0 ? (
        <EmptyState
          icon={<IconActivity size={24} stroke={1.5} />}
          title="What people do arrives here"
          actions={<LoadDemoButton />}
        >
          A page viewed, a cart filled, an order paid: a type of event is here as soon as the first one of it comes in,
          by the API, the script of a site or an app.
        </EmptyState>
      ) : (
        <>
          <div className={classes.bar}>
            <TextInput
              className={classes.search}
              aria-label="Search event types"
              placeholder="Name or key"
              leftSection={<IconSearch size={15} stroke={1.5} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            {byTag.control}
            {hidden > 0 ? (
              <Switch
                label={`Show ${format.count(hidden)} archived`}
                checked={archived}
                onChange={(event) => setArchived(event.currentTarget.checked)}
              />
            ) : null}
          </div>
          {shown.length === 0 ? (
            <EmptyState compact title={search.trim() === '' ? 'No type to show' : 'No type is called so'}>
              {search.trim() === ''
                ? 'All types that could be shown are archived.'
                : `Nothing has “${search.trim()}” in its name or key.`}
            </EmptyState>
          ) : (
            <TypeTable rows={shown} />
          )}
        </>
      )}
    </EventsPage>
  );
}

/** Which columns a type has decides what others see of its events: that takes somebody who sees personal data. */
export function useMayEditTypes(): boolean {
  const mayEdit = useCan('edit');
  return useCan('readPersonal') && mayEdit;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const columns: readonly ListColumn[] = [
  { head: 'Name' },
  { head: 'Key' },
  { head: 'Last seen', width: 140 },
  { head: 'Last 30 days', width: 110, number: true },
  { head: 'Day by day', width: 170, unseen: true },
];

function TypeTable({ rows }: { rows: readonly TypeRow[] }) {
  const format = useFormat();
  const now = useNow();
  return (
    <div className={list.wrap}>
      <ListTable label="Event types" columns={columns}>
        {rows.map(({ key, name, doc, figure, archived }) => (
          <tr key={key}>
            <NameCell href={typeHref(key)} name={name} tags={doc?.body.tags}>
              {archived ? <span className={classes.tag}>Archived</span> : null}
            </NameCell>
            <td className={list.dim} title={key}>
              <code>{key}</code>
            </td>
            <td className={list.dim}>{figure ? <Ago at={figure.lastAt} now={now} /> : 'Never'}</td>
            <td className={list.number}>{figure ? format.count(sum(figure.byDay)) : ''}</td>
            <td>
              {figure ? (
                <Sparkline
                  values={figure.byDay}
                  label={`${format.counted(sum(figure.byDay), 'event')} in the last 30 days`}
                />
              ) : null}
            </td>
          </tr>
        ))}
      </ListTable>
    </div>
  );
}

/** Opens the page of a type nobody has sent yet, so that its parameters can be declared before the first event comes. */
function NewType({ taken }: { taken: ReadonlySet<string> }) {
  const [, navigate] = useLocation();
  const [key, setKey] = useState('');
  const wanted = key.trim();
  const problem = isSystemType(wanted)
    ? 'Keys that begin with “muster.” are Muster’s own'
    : taken.has(wanted)
      ? 'There is such a type already'
      : null;
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (wanted !== '' && problem === null) navigate(typeHref(wanted));
  };
  return (
    <form className={classes.make} onSubmit={open}>
      <TextInput
        aria-label="Key of the new type"
        placeholder="Key of a new type"
        maxLength={200}
        value={key}
        error={problem}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      <Button
        type="submit"
        disabled={wanted === '' || problem !== null}
        leftSection={<IconPlus size={16} stroke={1.5} aria-hidden />}
      >
        New type
      </Button>
    </form>
  );
}
