import type { Tx } from '#server/storage/database.ts';

/** What would leave a restored copy once sending is allowed again. */
export type PendingCampaign = {
  campaignId: string;
  name: string;
  segment: string;
  state: string;
  /** ISO; null when it was not planned for a time. */
  scheduledAt: string | null;
  /** Mails that wait. */
  queued: number;
  /** Mails that were being handed over at the moment of the backup: they become uncertain and are not sent again. */
  interrupted: number;
  uncertain: number;
};

type Row = {
  campaign_id: string;
  name: string;
  segment_name: string;
  state: string;
  scheduled_at: Date | null;
  queued: number;
  interrupted: number;
  uncertain: number;
};

/** Campaigns with mail that waits or whose fate is open, planned ones included. */
export async function listPendingMail(tx: Tx): Promise<PendingCampaign[]> {
  const { rows } = await tx.query<Row>(
    `select r.campaign_id, coalesce(c.body ->> 'name', r.message_name) as name, r.segment_name, r.state, r.scheduled_at,
       coalesce(d.queued, 0) as queued, coalesce(d.interrupted, 0) as interrupted, coalesce(d.uncertain, 0) as uncertain
     from campaign_run r
     left join document c on c.id = r.campaign_id and not c.deleted
     left join (
       select campaign_id, count(*) filter (where state = 'queued') as queued,
         count(*) filter (where state = 'sending') as interrupted, count(*) filter (where state = 'uncertain') as uncertain
       from delivery where state in ('queued', 'sending', 'uncertain') group by campaign_id
     ) d on d.campaign_id = r.campaign_id
     where d.campaign_id is not null or r.state in ('scheduled', 'cancellable', 'sending', 'paused')
     order by r.scheduled_at nulls first, r.created_at, r.campaign_id`,
  );
  return rows.map((row) => ({
    campaignId: row.campaign_id,
    name: row.name,
    segment: row.segment_name,
    state: row.state,
    scheduledAt: row.scheduled_at?.toISOString() ?? null,
    queued: row.queued,
    interrupted: row.interrupted,
    uncertain: row.uncertain,
  }));
}

/** Double-opt-in mails that wait to be sent; those sent since the backup are asked again. */
export async function countConfirmations(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ waiting: number }>(
    'select count(*)::int as waiting from opt_in where next_at is not null and confirmed_at is null and expires_at > now()',
  );
  return rows[0]?.waiting ?? 0;
}

const stateWords: Record<string, string> = {
  scheduled: 'planned',
  cancellable: 'about to start',
  sending: 'being sent',
  paused: 'paused',
  stopped: 'stopped',
};
const mails = (n: number): string => `${n.toLocaleString('en-US')} ${n === 1 ? 'mail' : 'mails'}`;

/** The same in words, a line each. `takenAt`: when the backup was made, ISO. */
export function pendingMailLines(campaigns: readonly PendingCampaign[], takenAt: string): string[] {
  if (campaigns.length === 0) return ['Sending is stopped. No campaign waits to be sent.'];
  const lines = campaigns.map(({ name, segment, state, scheduledAt, queued, interrupted, uncertain }) => {
    const time = scheduledAt && state === 'scheduled' ? ` for ${scheduledAt}` : '';
    const open = interrupted + uncertain;
    const unclear =
      open > 0 ? `; ${mails(open)} may have arrived already and will not be sent again by themselves` : '';
    return `  “${name}” to “${segment}” (${stateWords[state] ?? state}${time}): ${mails(queued)} to send${unclear}`;
  });
  return [
    'Sending is stopped. Once you allow it again, Muster sends:',
    ...lines,
    `What was sent after ${takenAt} counts as not sent here. Cancel or stop what has gone out before you allow sending.`,
  ];
}

export function confirmationLines(waiting: number): string[] {
  if (waiting === 0) return [];
  return [
    `${mails(waiting)} that ${waiting === 1 ? 'asks' : 'ask'} somebody to confirm a sign-up will leave, too; who was asked after the backup is asked again.`,
  ];
}
