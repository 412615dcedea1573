/** Deliveries and their activity as rows of the API. */
import type { Database } from '#server/storage/database.ts';
import { UserError } from '#shared/kernel/errors.ts';

type Queryable = Pick<Database, 'query'>;
type Page = { from: number; to: number };

export type Message = {
  id: string;
  contactId: number;
  campaignId: string;
  messageName: string | null;
  subject: string | null;
  address: string | null;
  state: string;
  reason: string | null;
  createdAt: Date;
  sentAt: Date | null;
  openedAt: Date | null;
  clickedAt: Date | null;
};

/** Deliveries of contacts (and of what was merged into them) that were made in the period, the newest first. */
export async function readMessages(
  db: Queryable,
  contacts: readonly number[],
  page: Page & { offset: number; limit: number },
): Promise<{ rows: Message[]; total: number }> {
  const from = `from delivery d left join campaign_run r on r.campaign_id = d.campaign_id
    where d.contact_id = any(array(
            select unnest($1::bigint[]) union all select id from contact_alias where survivor = any($1::bigint[])))
      and d.created_at >= to_timestamp($2::bigint / 1000.0) and d.created_at < to_timestamp($3::bigint / 1000.0)`;
  const bounds = [contacts, page.from, page.to];
  const [count] = await db.query<{ total: number }>(`select count(*)::int as total ${from}`, bounds);
  const rows = await db.query<Message>(
    `select d.id, d.contact_id as "contactId", d.campaign_id as "campaignId", r.message_name as "messageName", r.subject,
            d.address, d.state, d.reason, d.created_at as "createdAt", d.sent_at as "sentAt", d.opened_at as "openedAt",
            d.clicked_at as "clickedAt"
       ${from} order by d.created_at desc, d.row_id desc offset $4 limit $5`,
    [...bounds, page.offset, page.limit],
  );
  return { rows, total: count?.total ?? 0 };
}

export const messageJson = (message: Message) => ({
  contactId: message.contactId,
  mediaType: 'Email',
  messageInstanceId: message.id,
  broadcastId: message.campaignId,
  messageName: message.messageName,
  subject: message.subject,
  locator: message.address,
  status: statusOf(message),
  statusDescription: message.reason,
  startedDateTime: message.createdAt.toISOString(),
  sentDateTime: message.sentAt?.toISOString() ?? null,
  readDateTime: message.openedAt?.toISOString() ?? null,
  clickedDateTime: message.clickedAt?.toISOString() ?? null,
});

function statusOf({ state, openedAt, clickedAt }: Message): string {
  if (clickedAt) return 'CLICKED';
  if (openedAt) return 'READ';
  return state === 'sent'
    ? 'DELIVERED'
    : state === 'bounced' || state === 'failed'
      ? 'UNDELIVERED'
      : state.toUpperCase();
}

export type Activity = {
  at: number;
  status: string;
  deliveryId: string;
  rowId: number;
  seq: number;
  contactId: number;
  externalCustomerId: string | null;
  email: string | null;
  campaignId: string;
  messageName: string | null;
  reason: string | null;
  url: string | null;
  hardBounce: boolean;
};

/** What happened in the period, in order, after the given place. Opens and clicks of machines are left out. */
export async function readActivity(
  db: Queryable,
  page: Page & { after: string; limit: number; status: string | null; email: string | null },
): Promise<Activity[]> {
  const after = placeOf(page.after);
  return db.query<Activity>(
    `with happened as (
       select sent_at as at, 'DELIVERED' as status, contact_id, row_id, 0 as seq, null as url
         from delivery where state = 'sent' and sent_at is not null
       union all
       select coalesce(sent_at, created_at), 'UNDELIVERED', contact_id, row_id, 1, null
         from delivery where state in ('bounced', 'failed')
       union all
       select unsubscribed_at, 'UNSUBSCRIBED', contact_id, row_id, 2, null from delivery where unsubscribed_at is not null
       union all
       select at, case kind when 'open' then 'READ' when 'click' then 'CLICKED' else upper(kind) end, contact_id, row_id,
              (10 + id)::bigint, url from delivery_activity where not machine and kind in ('open', 'click'))
     select round(date_part('epoch', h.at) * 1000)::bigint as at, h.status, d.id as "deliveryId", h.row_id as "rowId", h.seq,
            coalesce(a.survivor, h.contact_id) as "contactId", c.external_customer_id as "externalCustomerId",
            d.address as email, d.campaign_id as "campaignId", r.message_name as "messageName",
            case when h.status = 'UNDELIVERED' then d.reason end as reason, h.url,
            h.status = 'UNDELIVERED' and d.state = 'bounced' as "hardBounce"
       from happened h join delivery d on d.contact_id = h.contact_id and d.row_id = h.row_id
       left join contact_alias a on a.id = h.contact_id
       left join contact c on c.id = coalesce(a.survivor, h.contact_id)
       left join campaign_run r on r.campaign_id = d.campaign_id
      where h.at >= to_timestamp($1::bigint / 1000.0) and h.at < to_timestamp($2::bigint / 1000.0)
        and ($3::text is null or h.status = $3) and ($4::text is null or lower(d.address) = $4)
        and (round(date_part('epoch', h.at) * 1000)::bigint, h.row_id, h.seq) > ($5::bigint, $6::bigint, $7::bigint)
      order by 1, h.row_id, h.seq limit $8`,
    [page.from, page.to, page.status, page.email, ...after, page.limit],
  );
}

function placeOf(text: string): [at: number, rowId: number, seq: number] {
  if (text === '') return [-1, -1, -1];
  const [, at, rowId, seq] = /^(\d{1,15})-(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (at === undefined) throw new UserError('invalid_input', 'offset is not one of a row answered before', 'offset');
  return [Number(at), Number(rowId), Number(seq)];
}

export const activityJson = (row: Activity) => ({
  offset: `${row.at}-${row.rowId}-${row.seq}`,
  contactId: row.contactId,
  externalCustomerId: row.externalCustomerId,
  email: row.email,
  mediaType: 'Email',
  activityStatus: row.status,
  activityDateTime: new Date(row.at).toISOString(),
  messageName: row.messageName,
  messageInstanceId: row.deliveryId,
  broadcastId: row.campaignId,
  clickEventLink: row.url,
  statusDescription: row.reason,
  hardBounce: row.hardBounce,
});
