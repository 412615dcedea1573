import { useMemo } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { DeliveryRow } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx';
import { Time } from '#renderer/ui/time.tsx';
import type { DeliveryState } from '#shared/campaign/campaign.schema.ts';
import { deliveryStateWords, skipReasonWords } from '#shared/campaign/campaign-words.ts';
import classes from './contact-panel.module.css';

const tones: Record<DeliveryState, Tone> = {
  queued: 'neutral',
  sending: 'accent',
  sent: 'ok',
  bounced: 'bad',
  failed: 'bad',
  skipped: 'warn',
  uncertain: 'warn',
  cancelled: 'neutral',
};

function words(delivery: DeliveryRow): string {
  if (delivery.clickedAt !== null) return 'Clicked';
  if (delivery.openedAt !== null) return 'Opened';
  const state = deliveryStateWords[delivery.state];
  return delivery.reason === null ? state : `${state}: ${skipReasonWords(delivery.reason)}`;
}

/** What this contact was sent, and what became of it. */
export function DeliveryHistory({ deliveries }: { deliveries: readonly DeliveryRow[] }) {
  const campaigns = useLive(() => data.documents('campaign'), [], ['documents']);
  const names = useMemo(
    () =>
      new Map((campaigns.value ?? []).map(({ id, body }) => [id, typeof body.name === 'string' ? body.name : null])),
    [campaigns.value],
  );
  if (deliveries.length === 0) return <p className={classes.more}>No emails yet.</p>;
  return (
    <ul className={classes.list}>
      {deliveries.map((delivery) => {
        const name = delivery.campaignId === null ? 'Single email' : (names.get(delivery.campaignId) ?? 'A campaign');
        return (
          <li key={delivery.rowId} className={classes.entry}>
            <div className={classes.entryHead}>
              <span className={classes.entryName}>
                {delivery.campaignId === null ? name : <Link href={`/campaigns/${delivery.campaignId}`}>{name}</Link>}
              </span>
              <span className={classes.entryDim}>
                <Time at={delivery.sentAt ?? delivery.at} withTime />
              </span>
              <span className={classes.entryEnd}>
                <StatusDot tone={tones[delivery.state]}>{words(delivery)}</StatusDot>
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
