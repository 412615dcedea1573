/** A workspace as it looks after half a year: the demo shop, segments, messages, and campaigns that were sent and read. */

import { starterMjml, starterPreheader } from '#renderer/features/messages/starter.ts';
import { starters } from '#renderer/features/segments/starters.ts';
import { PLACEHOLDER_SITE } from '#renderer/parts/message-links.ts';
import { createFormat } from '#renderer/ui/format.ts';
import { createCampaigns } from '#server/deliveries/campaigns.ts';
import { writeRunDocument } from '#server/deliveries/run-document.ts';
import { createDemo } from '#server/demo/demo.ts';
import type { Deps } from '#server/service.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import type { Caller } from '#shared/api/ports.ts';
import { SENDER_ID } from '#shared/api/settings.schema.ts';
import type { Campaign } from '#shared/campaign/campaign.schema.ts';
import type { Message } from '#shared/message/message.schema.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const caller: Caller = {
  userId: 'cli',
  email: 'anna@willow.example.org',
  name: 'Anna',
  role: 'admin',
  sessionId: 'cli',
};

const newsletter = (name: string, subject: string, headline: string): Omit<Message, 'createdAt' | 'live'> => ({
  name,
  subject,
  preheader: starterPreheader,
  format: 'mjml',
  source: starterMjml
    .replace('YOUR SHOP', 'WILLOW &amp; CO')
    .replaceAll(PLACEHOLDER_SITE, 'https://willow.example.org/')
    .replace('Warm light, slow mornings', headline)
    .replace('Your Shop, 1 Market Street, Town', 'Willow &amp; Co, 1 Market Street, Bath'),
});
const messages = [
  newsletter(
    'Autumn edit',
    '{{ contact.firstName | default: "Hello" }}, warm light and slow mornings',
    'Warm light, slow mornings',
  ),
  newsletter('Early access for friends', 'Before anybody else: the winter shelf', 'Be first at the winter shelf'),
  newsletter('We miss you', 'Three small things since you last looked in', 'Three small things, for you'),
  newsletter('Advent calendar', 'Twenty-four doors, one kitchen', 'Twenty-four doors'),
];
/** Name, which message, which segment, and how many days ago it was sent, in the morning. */
const sent = [
  { name: 'Autumn newsletter', message: 0, segment: 0, daysAgo: 23 },
  { name: 'Winter shelf, early access', message: 1, segment: 2, daysAgo: 4 },
  { name: 'Win back, November', message: 2, segment: 1, daysAgo: 9 },
];
const MORNING_MS = 9.25 * HOUR_MS;

/** Fills the database of a running server whose SMTP server is a sink, and waits until its campaigns were sent. */
export async function fillWorkspace(deps: Deps): Promise<{ bestContact: number; draft: string; report: string }> {
  await createDemo(deps).load(caller);
  const now = deps.now();
  const put = async (
    kind: 'segment' | 'message' | 'campaign' | 'setting',
    id: string,
    body: Record<string, unknown>,
  ) => {
    await deps.db.tx((tx) => writeDocument(tx, kind, id, body));
  };
  await put('setting', SENDER_ID, {
    fromName: 'Anna from Willow & Co',
    fromEmail: 'anna@willow.example.org',
    replyTo: '',
  });
  const words = createFormat({ zone: 'UTC', currency: 'EUR' });
  for (const [place, segment] of starters(words).entries()) {
    await put('segment', `demo-segment-${place}`, { ...segment, createdAt: now - (60 - place) * DAY_MS });
  }
  for (const [place, message] of messages.entries()) {
    await put('message', `demo-message-${place}`, { ...message, createdAt: now - (40 - 9 * place) * DAY_MS });
  }
  const campaign = (name: string, message: number, segment: number, hours: number): Campaign => ({
    name,
    messageId: `demo-message-${message}`,
    segmentId: `demo-segment-${segment}`,
    scheduledAt: null,
    createdAt: Math.round(now - hours * HOUR_MS - DAY_MS),
  });
  const { port } = createCampaigns(deps, { cancelWindowMs: 0 });
  const hoursAgo = (days: number) => days * 24 + ((now % DAY_MS) - MORNING_MS) / HOUR_MS;
  for (const [place, { name, message, segment, daysAgo }] of sent.entries()) {
    const id = `demo-campaign-${place}`;
    await put('campaign', id, campaign(name, message, segment, hoursAgo(daysAgo)));
    await port.launch(caller, { campaignId: id, scheduledAt: null });
  }
  await put('campaign', 'demo-campaign-draft', campaign('Advent calendar', 3, 0, 0));
  await settled(deps, sent.length);
  for (const [place, { daysAgo }] of sent.entries()) {
    await readAgo(deps, `demo-campaign-${place}`, hoursAgo(daysAgo));
  }
  deps.wake.notify('feed');
  deps.wake.notify('dirty');
  const [best] = await deps.db.query<{ id: number }>(
    `select contact_id as id from orders where contact_id > 0 group by contact_id order by sum(gross - returns) desc limit 1`,
  );
  return { bestContact: best?.id ?? 0, draft: 'demo-campaign-draft', report: 'demo-campaign-1' };
}

async function settled({ db }: Deps, count: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const [row] = await db.query<{ done: number }>(
      "select count(*)::int as done from campaign_run where state = 'done'",
    );
    if (row?.done === count) return;
    if (Date.now() > deadline) throw new Error('The demo campaigns were not sent in two minutes');
    await new Promise((done) => setTimeout(done, 250));
  }
}

/** Moves a campaign into the past and lets part of its readers open and click, as people do: soon, then ever fewer. */
async function readAgo({ db }: Deps, campaignId: string, hours: number): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query(
      `with chance as (
         select contact_id, row_id, now() - $2 * interval '1 hour' + (row_id % 97) * interval '1 second' as sent,
           (abs(hashint8extended(row_id, 1)) % 1000) / 1000.0 as open, (abs(hashint8extended(row_id, 2)) % 1000) / 1000.0 as machine,
           (abs(hashint8extended(row_id, 3)) % 1000) / 1000.0 as click, (abs(hashint8extended(row_id, 4)) % 1000) / 1000.0 as wait
         from delivery where campaign_id = $1 and state = 'sent'
       ), reading as (
         select *, sent + (0.05 + least(-ln(1 - wait) * 5, 0.9 * $2)) * interval '1 hour' as opened from chance
       )
       update delivery d set sent_at = r.sent, created_at = r.sent,
         opened_at = case when r.open < 0.47 then r.opened end,
         machine_opened_at = case when r.machine < 0.14 then r.sent + interval '1 second' end,
         clicked_at = case when r.open < 0.47 and r.click < 0.24 then r.opened + interval '2 minutes' end,
         unsubscribed_at = case when r.open < 0.47 and r.click > 0.985 then r.opened + interval '1 minute' end
       from reading r where d.contact_id = r.contact_id and d.row_id = r.row_id`,
      [campaignId, hours],
    );
    await tx.query(
      `update campaign_run set started_at = now() - $2 * interval '1 hour', created_at = now() - $2 * interval '1 hour',
         finished_at = now() - $2 * interval '1 hour' + interval '100 seconds' where campaign_id = $1`,
      [campaignId, hours],
    );
    await tx.query(
      `insert into dirty (bucket, tbl, key) select (row_id % 64)::smallint, 'delivery', row_id from delivery where campaign_id = $1`,
      [campaignId],
    );
    await writeRunDocument(tx, campaignId);
  });
}
