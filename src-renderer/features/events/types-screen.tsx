import { Button, Switch, TextInput } from '@mantine/core';
import { IconActivity, IconPlus, IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { useCan } from '#renderer/parts/use-can.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { isSystemType } from '#shared/event/system-events.ts';
import { fold } from '#shared/kernel/fold.ts';
import { typeHref } from './event-names.ts';
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
  const shown = own?.filter(
    (row) => (archived || !row.archived) && fold(`${row.name} ${row.key}`).includes(fold(search.trim())),
  );
  return (
    <EventsPage
      count={own?.length ? format.count(own.length - hidden) : undefined}
      actions={mayEdit ? <NewType taken={new Set(own?.map(({ key }) => key))} /> : null}
    >
      {own === undefined || shown === undefined ? (
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
            {hidden > 0 ? (
              <Switch
                label={`Show ${format.count(hidden)} archived`}
                checked={archived}
                onChange={(event) => setArchived(event.currentTarget.checked)}
              />
            ) : null}
          </div>
          {shown.length === 0 ? (
            <EmptyState compact title="No type is called so">
              {search.trim() === '' ? 'All types are archived.' : `Nothing has “${search.trim()}” in its name or key.`}
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

function TypeTable({ rows }: { rows: readonly TypeRow[] }) {
  const format = useFormat();
  const now = useNow();
  return (
    <div className={list.wrap}>
      <table className={list.table} aria-label="Event types">
        <colgroup>
          <col />
          <col />
          <col style={{ width: 140 }} />
          <col style={{ width: 110 }} />
          <col style={{ width: 170 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Last seen</th>
            <th scope="col" className={list.number}>
              Last 30 days
            </th>
            <th scope="col" aria-label="Day by day" />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, figure, archived }) => (
            <tr key={key}>
              <td>
                <Link href={typeHref(key)} className={list.strong} title={name}>
                  {name}
                </Link>
                {archived ? <span className={classes.tag}>Archived</span> : null}
              </td>
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
        </tbody>
      </table>
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
