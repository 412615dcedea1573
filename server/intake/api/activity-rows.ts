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

/**
 * What happened in the period, in order, after the given place. Opens and clicks of machines are left out. The page is cut
 * by the indexes of times before anything is joined to it.
 */
export async function readActivity(
  db: Queryable,
  page: Page & { after: string; limit: number; status: string | null; email: string | null },
): Promise<Activity[]> {
  const after = placeOf(page.after);
  return db.query<Activity>(
    `with happened as (
       select sent_at as at, 'DELIVERED' as status, contact_id, row_id, 0::bigint as seq, null as url
         from delivery where state = 'sent' and sent_at is not null
       union all
       select coalesce(sent_at, created_at), 'UNDELIVERED', contact_id, row_id, 1, null
         from delivery where state in ('bounced', 'failed')
       union all
       select unsubscribed_at, 'UNSUBSCRIBED', contact_id, row_id, 2, null
         from delivery where unsubscribed_at is not null
       union all
       select a.at, case a.kind when 'open' then 'READ' when 'click' then 'CLICKED' else upper(a.kind) end, a.contact_id,
              a.row_id, 10 + a.id, a.url
         from delivery_activity a where not a.machine and a.kind in ('open', 'click')),
     page as (
       select round(date_part('epoch', at) * 1000)::bigint as at, status, contact_id, row_id, seq, url
         from happened
        where at >= to_timestamp($1::bigint / 1000.0) and at < to_timestamp($2::bigint / 1000.0)
          and ($3::text is null or status = $3) and ($4::text is null or exists (
                select 1 from delivery k
                 where k.contact_id = happened.contact_id and k.row_id = happened.row_id and lower(k.address) = $4))
          and (round(date_part('epoch', at) * 1000)::bigint, row_id, seq) > ($5::bigint, $6::bigint, $7::bigint)
        order by 1, row_id, seq limit $8)
     select p.at, p.status, d.id as "deliveryId", p.row_id as "rowId", p.seq,
            coalesce(a.survivor, p.contact_id) as "contactId", c.external_customer_id as "externalCustomerId",
            d.address as email, d.campaign_id as "campaignId", r.message_name as "messageName",
            case when p.status = 'UNDELIVERED' then d.reason end as reason, p.url,
            p.status = 'UNDELIVERED' and d.state = 'bounced' as "hardBounce"
       from page p join delivery d on d.contact_id = p.contact_id and d.row_id = p.row_id
       left join contact_alias a on a.id = p.contact_id
       left join contact c on c.id = coalesce(a.survivor, p.contact_id)
       left join campaign_run r on r.campaign_id = d.campaign_id
      order by p.at, p.row_id, p.seq`,
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
