import { Link } from 'wouter';
import { useLive } from '#renderer/data/hooks.ts';
import list from '#renderer/ui/list.module.css';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type SystemEvent, type SystemEventRecord, systemEvents } from '#shared/event/system-events.ts';
import { typeHref } from './event-names.ts';
import classes from './events.module.css';
import { EventsPage } from './events-page.tsx';

const recordWords: Readonly<Record<SystemEventRecord, { name: string; tone: string; about: string }>> = {
  event: { name: 'Event', tone: 'ok', about: 'Stands in the contact’s timeline and can be asked for in segments' },
  delivery: {
    name: 'With the message',
    tone: 'neutral',
    about: 'Kept with the message it is about, and counted in its campaign',
  },
  none: { name: 'Not raised yet', tone: 'faint', about: 'Known to come; nothing happens today' },
};

const groups = [...new Set(systemEvents.map(({ group }) => group))];

/** What Muster itself knows to have happened, and how that is recorded today. */
export function SystemScreen() {
  const format = useFormat();
  const figures = useLive((from) => from.eventFigures(), [], ['columns']);
  const counts = new Map(figures.value?.types.map(({ key, total }) => [key, total]));
  return (
    <EventsPage count={format.count(systemEvents.length)}>
      <div className={list.wrap}>
        <p className={classes.note}>
          What Muster itself notices about contacts. Those recorded as events are types like any other; what is not
          raised yet is listed so that nobody waits for it.
        </p>
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h2 className={classes.groupName}>{group}</h2>
            <table className={list.table}>
              <colgroup>
                <col style={{ width: 210 }} />
                <col />
                <col style={{ width: 260 }} />
                <col style={{ width: 150 }} />
                <col style={{ width: 90 }} />
              </colgroup>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">When it happens</th>
                  <th scope="col">What it says</th>
                  <th scope="col">Recorded as</th>
                  <th scope="col" className={list.number}>
                    Here
                  </th>
                </tr>
              </thead>
              <tbody>
                {systemEvents
                  .filter((one) => one.group === group)
                  .map((one) => (
                    <SystemRow key={one.key} one={one} total={counts.get(one.key)} />
                  ))}
              </tbody>
            </table>
          </section>
        ))}
      </div>
    </EventsPage>
  );
}

function SystemRow({ one, total }: { one: SystemEvent; total: number | undefined }) {
  const format = useFormat();
  const words = recordWords[one.record];
  const says = one.parameters.map(({ name }) => name).join(', ');
  return (
    <tr>
      <td title={one.record === 'event' ? one.key : undefined}>
        {one.record === 'event' ? (
          <Link href={typeHref(one.key)} className={list.strong}>
            {one.name}
          </Link>
        ) : (
          <span className={classes.plain}>{one.name}</span>
        )}
      </td>
      <td className={list.dim} title={one.about}>
        {one.about}
      </td>
      <td className={list.dim} title={one.parameters.map(({ name, about }) => `${name}: ${about}`).join('\n')}>
        {says === '' ? '' : <code>{says}</code>}
      </td>
      <td title={words.about}>
        <span className={classes.record} data-tone={words.tone}>
          {words.name}
        </span>
      </td>
      <td className={list.number}>{one.record === 'event' && total ? format.count(total) : ''}</td>
    </tr>
  );
}
