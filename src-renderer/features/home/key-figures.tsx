import { useLive } from '#renderer/data/hooks.ts';
import { Stat, StatRow } from '#renderer/ui/stat.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';

/** The workspace in five figures, all time, from this device's own columns. */
export function KeyFigures() {
  const format = useFormat();
  const contacts = useLive(
    (from) => from.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
    [],
    ['columns'],
  );
  const mailable = useLive(
    (from) => from.segmentAnswer({ type: 'text', field: 'emailStatus', op: 'anyOf', values: ['subscribed'] }, 0),
    [],
    ['columns'],
  );
  const revenue = useLive((from) => from.revenue({ by: 'month', from: null, to: null }), [], ['columns']);
  const known = revenue.value?.known;
  const all = revenue.value?.all;
  return (
    <StatRow label="Key figures">
      <Stat label="Contacts" value={contacts.value ? format.count(contacts.value.total) : ' '} />
      <Stat
        label="May be mailed"
        value={mailable.value ? format.count(mailable.value.count) : ' '}
        hint={mailable.value ? format.share(mailable.value.count, mailable.value.total) : undefined}
      />
      <Stat label="Customers" value={known ? format.count(known.customers) : ' '} hint="with an order" />
      <Stat
        label="Orders"
        value={all ? format.count(all.orders) : ' '}
        hint={
          known && all && all.orders > known.orders
            ? `${format.count(all.orders - known.orders)} of nobody known`
            : undefined
        }
      />
      <Stat
        label="Net revenue"
        value={all ? format.moneyShort(all.net, revenue.value?.currency) : ' '}
        hint={all ? `${format.moneyShort(all.returns, revenue.value?.currency)} returned` : undefined}
      />
    </StatRow>
  );
}
