import { Skeleton } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { fieldLabel } from '#renderer/parts/field-store.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Panel, PanelSection } from '#renderer/ui/panel.tsx';
import { Stat, StatRow } from '#renderer/ui/stat.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactFieldKeys, contactFields } from '#shared/contact/contact-fields.ts';
import { contactName } from '#shared/contact/contact-name.ts';
import { AdditionalFields } from './additional-fields.tsx';
import { Timeline } from './card/timeline.tsx';
import { ContactActions } from './contact-actions.tsx';
import { ContactAddresses } from './contact-addresses.tsx';
import { ContactFieldRow } from './contact-field-row.tsx';
import { ContactIdentifiers } from './contact-identifiers.tsx';
import classes from './contact-panel.module.css';
import { ContactSegments } from './contact-segments.tsx';
import { ContactTags } from './contact-tags.tsx';
import { DeliveryHistory } from './delivery-history.tsx';
import { Memberships } from './memberships.tsx';
import { MergedCards } from './merged-cards.tsx';
import { OrderHistory } from './order-history.tsx';

const textOrNull = (value: string | number | null): string | null => (typeof value === 'string' ? value : null);

/** One contact: figures, fields that can be edited where they stand, what was bought and what was sent. */
export function ContactPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const format = useFormat();
  const personal = usePersonalHere();
  const mayEdit = useCan('editContacts');
  const card = useLive(() => data.contactCard(id), [id], ['columns', 'documents']);

  if (card.error !== null && card.value === undefined) {
    return (
      <Panel label="Contact" title="Contact" onClose={onClose}>
        <ErrorState title="This contact could not be read" error={card.error} retry={card.reload} />
      </Panel>
    );
  }
  if (card.value === undefined) {
    return (
      <Panel label="Contact" title=" " onClose={onClose}>
        <Delayed>
          <div className={classes.loading} role="status" aria-label="Loading the contact">
            <Skeleton height={48} />
            <Skeleton height={220} />
          </div>
        </Delayed>
      </Panel>
    );
  }
  if (card.value === null) {
    return (
      <Panel label="Contact" title="Contact" onClose={onClose}>
        <EmptyState compact title="This contact is not here">
          It may have been removed, or it has not arrived on this device yet.
        </EmptyState>
      </Panel>
    );
  }

  const { row, pending, orders, deliveries } = card.value;
  const shown = contactFieldKeys.filter((field) => personal || !contactFields[field].personal);
  const name = contactName(row);
  const spent = row.orderCount > 0 || row.revenue !== 0;
  return (
    <Panel
      label="Contact"
      title={name}
      subtitle={row.email === name ? undefined : row.email}
      actions={<ContactActions id={id} name={name} onErased={onClose} />}
      onClose={onClose}
    >
      {pending.length === 0 ? null : (
        <p className={classes.unsent}>
          <IconCloudUp size={15} stroke={1.5} aria-hidden /> {format.counted(pending.length, 'value')} not sent yet:{' '}
          {pending.map(fieldLabel).join(', ')}
        </p>
      )}
      {spent ? (
        <div className={classes.figures}>
          <StatRow label="Figures">
            <Stat label="Orders" value={format.count(row.orderCount)} />
            <Stat label="Revenue" value={format.money(row.revenue)} />
            <Stat
              label="Last order"
              value={
                <span className={classes.small}>{row.lastOrderAt === null ? '–' : <Time at={row.lastOrderAt} />}</span>
              }
            />
          </StatRow>
        </div>
      ) : null}
      <PanelSection title="Fields">
        <dl className={classes.fields}>
          {shown.map((field) => (
            <ContactFieldRow
              key={field}
              id={id}
              field={field}
              value={row[field]}
              pending={pending.includes(field)}
              editable={mayEdit}
            />
          ))}
        </dl>
      </PanelSection>
      <ContactAddresses id={id} shown={`${row.email} ${row.phone}`} />
      <ContactIdentifiers key={`identifiers ${id}`} id={id} />
      <AdditionalFields row={row} pending={pending} editable={mayEdit} />
      <ContactTags id={id} memberships={card.value.memberships} />
      <Memberships
        id={id}
        email={textOrNull(row.email)}
        status={textOrNull(row.emailStatus)}
        memberships={card.value.memberships}
      />
      <ContactSegments id={id} />
      <PanelSection title="Orders" aside={orders.length === 0 ? undefined : format.count(orders.length)}>
        <OrderHistory orders={orders} />
      </PanelSection>
      <PanelSection title="Emails" aside={deliveries.length === 0 ? undefined : format.count(deliveries.length)}>
        <DeliveryHistory deliveries={deliveries} />
      </PanelSection>
      <MergedCards id={id} />
      <Timeline id={id} card={card.value} />
    </Panel>
  );
}
