import type { SmtpSettings } from '#server/channels/email/smtp-settings.ts';
import { compileRule } from '#server/segments/compile.ts';
import { ruleContext } from '#server/segments/segments.ts';
import type { Deps } from '#server/service.ts';
import type { Tx } from '#server/storage/database.ts';
import type { Caller } from '#shared/api/ports.ts';
import { must } from '#shared/kernel/assert.ts';
import { type ErrorCode, UserError } from '#shared/kernel/errors.ts';
import { type Inspection, inspect, isStale } from './preflight.ts';
import { judgedRecipients } from './recipients.sql.ts';
import { writeRunDocument } from './run-document.ts';
import type { SendingState } from './sending-state.ts';
import { queryIn } from './tx-query.ts';

export type LaunchInput = { campaignId: string; scheduledAt: number | null };
export type LaunchParts = { deps: Deps; smtp: SmtpSettings | null; sending: SendingState; cancelWindowMs: number };

const codes: Record<string, ErrorCode> = {
  stopped: 'sending_stopped',
  publicUrl: 'public_url_unverified',
  staleSchedule: 'stale_schedule',
  alreadyLaunched: 'conflict',
};

/** Freezes content and recipients in one transaction; nothing leaves before the cancel window is over. */
export async function launch(
  parts: LaunchParts,
  caller: Caller,
  { campaignId, scheduledAt }: LaunchInput,
): Promise<void> {
  const { deps, smtp, sending } = parts;
  if (isStale(scheduledAt, deps.now())) {
    throw new UserError('stale_schedule', 'The planned time has passed. Choose a new one, or send now.', 'scheduledAt');
  }
  // What the sheet showed may be old: the links are tried again now.
  await sending.verifyPublicUrl();
  const inspection = await inspect(deps, smtp, sending, campaignId);
  // The time that counts is the one asked for now, not the one in the draft.
  const blocker = inspection.preflight.blockers.find(({ code }) => code !== 'staleSchedule');
  if (blocker) throw new UserError(codes[blocker.code] ?? 'invalid_input', blocker.message);
  await deps.db.tx(async (tx) => {
    await freezeContent(tx, parts, inspection, caller, scheduledAt);
    await freezeRecipients(tx, parts, inspection);
    await writeRunDocument(tx, campaignId);
  });
  deps.wake.notify('feed');
  deps.wake.notify('dirty');
  deps.wake.notify('outbox');
  // The planner has never seen this many rows of this campaign.
  await deps.db.query('analyze delivery, outbox');
  deps.log.info({ campaignId, recipients: inspection.preflight.recipients }, 'A campaign was launched');
}

async function freezeContent(
  tx: Tx,
  { deps, cancelWindowMs }: LaunchParts,
  { draft, html }: Inspection,
  caller: Caller,
  scheduledAt: number | null,
): Promise<void> {
  const now = deps.now();
  const message = must(draft.message, 'the inspection found a message');
  const segment = must(draft.segment, 'the inspection found a segment');
  const later = scheduledAt !== null && scheduledAt > now;
  const { rows } = await tx.query(
    `insert into campaign_run (campaign_id, state, message_name, segment_name, rule, subject, preheader, html, sender,
       scheduled_at, cancel_until, launched_by, created_at, categories)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (campaign_id) do update set
       state = excluded.state, message_name = excluded.message_name, segment_name = excluded.segment_name,
       rule = excluded.rule, subject = excluded.subject, preheader = excluded.preheader, html = excluded.html,
       sender = excluded.sender, scheduled_at = excluded.scheduled_at, cancel_until = excluded.cancel_until,
       launched_by = excluded.launched_by, created_at = excluded.created_at, categories = excluded.categories,
       recipients = 0, started_at = null, finished_at = null, problem = null
     where campaign_run.state = 'cancelled'
     returning campaign_id`,
    [
      draft.campaignId,
      later ? 'scheduled' : 'cancellable',
      message.name,
      segment.name,
      JSON.stringify(segment.rule),
      message.subject,
      message.preheader,
      html,
      JSON.stringify(draft.sender),
      later ? new Date(scheduledAt) : null,
      later ? null : new Date(now + cancelWindowMs),
      caller.userId,
      new Date(now),
      JSON.stringify(message.categories ?? []),
    ],
  );
  if (rows.length === 0) throw new UserError('conflict', 'This campaign was launched already.');
}

/** A UUIDv7 in plain SQL: a random version 4 with the time and the version put in. $1 is epoch ms. */
const uuidV7 = (at: string): string =>
  `overlay(overlay(gen_random_uuid()::text placing overlay(lpad(to_hex(${at}::bigint), 12, '0') placing '-' from 9 for 0)
     from 1 for 13) placing '7' from 15 for 1)`;

/** A row for each member of the segment, with the reason for those who get nothing: set-based, whatever the size. */
async function freezeRecipients(tx: Tx, { deps, smtp }: LaunchParts, { draft }: Inspection): Promise<void> {
  const segment = must(draft.segment, 'the inspection found a segment');
  const now = deps.now();
  const judged = judgedRecipients(compileRule(segment.rule, await ruleContext(queryIn(tx), now)), {
    demoAllowed: smtp?.loopback ?? false,
    categories: must(draft.message, 'the inspection found a message').categories ?? [],
  });
  const campaign = `$${judged.values.length + 1}::text`;
  const at = `$${judged.values.length + 2}::timestamptz`;
  const ms = `$${judged.values.length + 3}`;
  await tx.query(
    `with ${judged.text},
     frozen as (
       insert into delivery (contact_id, row_id, id, campaign_id, address, state, reason, created_at)
       select id, nextval('delivery_row_seq'), ${uuidV7(ms)}, ${campaign}, email,
         case when reason is null then 'queued' else 'skipped' end, reason, ${at}
       from (select * from judged order by id) as ordered
       returning contact_id, row_id, state
     ),
     waiting as (
       insert into outbox (bucket, row_id, contact_id, campaign_id, next_at)
       select (contact_id % 64)::smallint, row_id, contact_id, ${campaign}, ${at} from frozen where state = 'queued'
     )
     -- As markDirty does, without carrying every key through this process.
     insert into dirty (bucket, tbl, key) select (row_id % 64)::smallint, 'delivery', row_id from frozen`,
    [...judged.values, draft.campaignId, new Date(now), now],
  );
  const { rows } = await tx.query<{ queued: number }>(
    `update campaign_run r set recipients = d.matched
     from (select count(*)::int as matched, (count(*) filter (where state = 'queued'))::int as queued
       from delivery where campaign_id = $1) as d
     where r.campaign_id = $1 returning d.queued`,
    [draft.campaignId],
  );
  if (!rows[0]?.queued) throw new UserError('invalid_input', 'Nobody in the segment can get this email any more.');
}
