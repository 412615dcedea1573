import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { typeHref } from '#renderer/parts/event-names.ts';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type EventType, eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { type SystemEvent, type SystemEventRecord, systemEvents } from '#shared/event/system-events.ts';
import classes from './events.module.css';
import { EventsPage } from './events-page.tsx';
import { KeepSwitch } from './keep-switch.tsx';

const recordWords: Readonly<Record<SystemEventRecord, { name: string; tone: string; about: string }>> = {
  event: { name: 'Event', tone: 'ok', about: 'Stands in the contact’s timeline and can be asked for in segments' },
  delivery: {
    name: 'With the message',
    tone: 'neutral',
    about: 'Kept with the message it is about, and counted in its campaign',
  },
  none: { name: 'Cannot be known', tone: 'faint', about: 'Listed so that nobody waits for it' },
};

const columns: readonly ListColumn[] = [
  { head: 'Name', width: 210 },
  { head: 'When it happens' },
  { head: 'What it says', width: 260 },
  { head: 'Recorded as', width: 180 },
  { head: 'Here', width: 90, number: true },
];

const groups = [...new Set(systemEvents.map(({ group }) => group))];

/** What Muster itself knows to have happened, and how that is recorded today. */
export function SystemScreen() {
  const format = useFormat();
  const figures = useLive((from) => from.eventFigures(), [], ['columns']);
  const counts = new Map(figures.value?.types.map(({ key, total }) => [key, total]));
  const types = useLive((from) => from.documents('event-type'), [], ['documents:event-type']);
  const docs = new Map(typedDocs(eventTypeSchema, types.value ?? []).map((doc) => [doc.body.key, doc]));
  const byTag = useTagFilter(systemEvents, ({ key }) => ({ tags: docs.get(key)?.body.tags }));
  return (
    <EventsPage count={format.count(systemEvents.length)}>
      {byTag.control ? <div className={classes.bar}>{byTag.control}</div> : null}
      <div className={list.wrap}>
        <p className={classes.note}>
          What Muster itself notices about contacts. Those recorded as events are types like any other. What an import
          of a million rows would raise a million times is kept only where you switch it on, from then on.
        </p>
        {groups
          .filter((group) => byTag.shown.some((one) => one.group === group))
          .map((group) => (
            <section key={group} aria-label={group}>
              <h2 className={classes.groupName}>{group}</h2>
              <ListTable label={group} columns={columns}>
                {byTag.shown
                  .filter((one) => one.group === group)
                  .map((one) => (
                    <SystemRow key={one.key} one={one} doc={docs.get(one.key)} total={counts.get(one.key)} />
                  ))}
              </ListTable>
            </section>
          ))}
      </div>
    </EventsPage>
  );
}

type RowProps = { one: SystemEvent; doc: Doc<EventType> | undefined; total: number | undefined };

function SystemRow({ one, doc, total }: RowProps) {
  const format = useFormat();
  const words = recordWords[one.record];
  const says = one.parameters.map(({ name }) => name).join(', ');
  return (
    <tr>
      {one.record === 'event' ? (
        <NameCell href={typeHref(one.key)} name={one.name} tags={doc?.body.tags} />
      ) : (
        <td>
          <span className={classes.plain}>{one.name}</span>
        </td>
      )}
      <td className={list.dim} title={one.about}>
        {one.about}
      </td>
      <td className={list.dim} title={one.parameters.map(({ name, about }) => `${name}: ${about}`).join('\n')}>
        {says === '' ? '' : <code>{says}</code>}
      </td>
      <td title={words.about}>
        {one.kept === undefined ? (
          <span className={classes.record} data-tone={words.tone}>
            {words.name}
          </span>
        ) : (
          <KeepSwitch one={one} doc={doc} />
        )}
      </td>
      <td className={list.number}>{one.record === 'event' && total ? format.count(total) : ''}</td>
    </tr>
  );
}
