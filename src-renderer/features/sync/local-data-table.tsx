import { Progress } from '@mantine/core';
import type { LocalData } from '#renderer/data/data-api.ts';
import list from '#renderer/ui/list.module.css';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { Card } from './card.tsx';
import classes from './sync.module.css';

const partWords: Record<LocalData['parts'][number]['what'], string> = {
  contacts: 'Contacts',
  personal: 'Names and addresses',
  orders: 'Orders',
  events: 'Events',
  deliveries: 'Emails',
  memberships: 'Lists and subscriptions',
  documents: 'Segments, messages, campaigns',
};

const lostWords: Record<NonNullable<LocalData['lost']>['why'], string> = {
  key: 'the key to this device’s data was missing',
  data: 'the browser had removed this device’s data',
  unreadable: 'this device’s data could not be read any more',
};

/** What is on this device: how much of each kind, from when to when, how large. */
export function LocalDataTable({ local }: { local: LocalData }) {
  const format = useFormat();
  const total = local.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <Card
      title="On this device"
      aside={
        local.since === null ? undefined : (
          <>
            since <Time at={local.since} withTime />
          </>
        )
      }
    >
      <table className={`${list.table} ${classes.table}`} aria-label="Data on this device">
        <thead>
          <tr>
            <th scope="col">Data</th>
            <th scope="col" className={list.number} style={{ width: 84 }}>
              Entries
            </th>
            <th scope="col" className={list.number} style={{ width: 84 }}>
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {local.parts.map((part) => (
            <tr key={part.what}>
              <td>
                {partWords[part.what]}
                {part.from === null || part.to === null ? null : (
                  <div className={classes.period}>{`${format.date(part.from)} – ${format.date(part.to)}`}</div>
                )}
                {part.what === 'orders' && part.rows > 0 ? (
                  <div className={classes.period}>also cancelled and returned ones</div>
                ) : null}
              </td>
              <td className={list.number}>{format.count(part.rows)}</td>
              <td className={list.number}>{format.bytes(part.bytes)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Together</th>
            <td />
            <td className={list.number}>{format.bytes(total)}</td>
          </tr>
        </tfoot>
      </table>
      <Space local={local} />
    </Card>
  );
}

function Space({ local }: { local: LocalData }) {
  const format = useFormat();
  return (
    <div className={classes.space}>
      {local.usage === null || local.usage.quota === 0 ? null : (
        <>
          <Progress value={(100 * local.usage.used) / local.usage.quota} aria-label="Space used" />
          <p>
            {format.bytes(local.usage.used)} of the {format.bytes(local.usage.quota)} this app may use on this device.
          </p>
        </>
      )}
      {local.lost === null ? null : (
        <p>
          Everything was fetched again on <Time at={local.lost.at} withTime />: {lostWords[local.lost.why]}. What others
          changed before is not listed here.
        </p>
      )}
      <p>
        {local.persisted
          ? 'It stays here until you sign out.'
          : 'The browser may delete it when space runs short; it would be downloaded again, but unsent changes would be lost.'}
      </p>
    </div>
  );
}
