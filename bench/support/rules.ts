/** The fixed set of 8 rules that segment.server and segment.app answer, each with the SQL one would write by hand for it. */
import { DAY_MS } from '#shared/kernel/time.ts';
import type { ActivityLeaf, Rule, TextLeaf } from '#shared/segment/segment.schema.ts';
import { benchNow } from './shop-data.ts';

const lastDays = (days: number) => ({ type: 'lastDays' as const, days });
const text = (field: TextLeaf['field'], op: TextLeaf['op'], ...values: string[]): Rule => ({
  type: 'text',
  field,
  op,
  values,
});
const activity = (source: ActivityLeaf['source'], leaf: Partial<ActivityLeaf>): Rule => ({
  type: 'activity',
  source,
  period: null,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
  ...leaf,
});
const event = (eventType: string, days: number | null, leaf: Partial<ActivityLeaf> = {}): Rule =>
  activity({ table: 'event', eventType }, { period: days === null ? null : lastDays(days), ...leaf });
const order = (leaf: Partial<ActivityLeaf>): Rule => activity({ table: 'order' }, leaf);
const all = (...rules: Rule[]): Rule => ({ type: 'all', rules });
const any = (...rules: Rule[]): Rule => ({ type: 'any', rules });
const not = (rule: Rule): Rule => ({ type: 'not', rule });

const since = (days: number) => `'${new Date(benchNow - days * DAY_MS).toISOString()}'::timestamptz`;
const until = `'${new Date(benchNow + 1).toISOString()}'::timestamptz`;
const within = (column: string, days: number) => `${column} >= ${since(days)} and ${column} < ${until}`;
const eventsBy = (type: string, days: number | null) =>
  `select contact_id, count(*) as n from event where type_id = (select id from event_type where key = '${type}')
   ${days === null ? '' : `and ${within('at', days)}`} group by contact_id`;

export type BenchRule = { name: string; rule: Rule; sql: string };

export const benchRules: readonly BenchRule[] = [
  {
    name: 'fields',
    rule: all(
      text('country', 'anyOf', 'DE', 'FR'),
      text('emailStatus', 'is', 'subscribed'),
      text('town', 'isNot', 'Town 1'),
    ),
    sql: `select id from contact where deleted_at is null and country_fold in ('de', 'fr') and email_status = 'subscribed'
      and town_fold <> 'town 1' and town_fold <> ''`,
  },
  {
    name: 'opens often',
    rule: all(event('open', 30, { value: 3 }), text('emailStatus', 'is', 'subscribed')),
    sql: `select c.id from contact c join (${eventsBy('open', 30)} having count(*) >= 3) o on o.contact_id = c.id
      where c.deleted_at is null and c.email_status = 'subscribed'`,
  },
  {
    name: 'spent, quiet',
    rule: all(order({ measure: 'net', value: 5_000_000, period: lastDays(180) }), not(event('click', 14))),
    sql: `select c.id from contact c
      join (select contact_id from orders where currency = 'GBP' and ${within('at', 180)} group by contact_id
            having sum(gross - returns) >= 5000000) s on s.contact_id = c.id
      left join (${eventsBy('click', 14)}) k on k.contact_id = c.id
      where c.deleted_at is null and k.contact_id is null`,
  },
  {
    name: 'text and lapsed',
    rule: all(
      text('email', 'endsWith', '@Example.com'),
      text('firstName', 'contains', '7'),
      event('purchase', 365),
      not(event('purchase', 60)),
    ),
    sql: `select c.id from contact c
      join (select contact_id, count(*) filter (where ${within('at', 60)}) as recent from event
            where type_id = (select id from event_type where key = 'purchase') and ${within('at', 365)}
            group by contact_id) p on p.contact_id = c.id
      where c.deleted_at is null and right(c.email_fold, 12) = '@example.com' and strpos(c.first_name_fold, '7') > 0
        and p.recent = 0`,
  },
  {
    name: 'nested',
    rule: any(
      all(event('view', 7, { value: 2 }), not(event('purchase', 7))),
      all(event('click', 30, { value: 2 }), text('country', 'is', 'GB')),
      all(event('signup', 90), not(event('open', 90))),
    ),
    sql: `select c.id from contact c
      left join (${eventsBy('view', 7)}) v on v.contact_id = c.id
      left join (${eventsBy('purchase', 7)}) p on p.contact_id = c.id
      left join (${eventsBy('click', 30)}) k on k.contact_id = c.id
      left join (${eventsBy('signup', 90)}) s on s.contact_id = c.id
      left join (${eventsBy('open', 90)}) o on o.contact_id = c.id
      where c.deleted_at is null and ((v.n >= 2 and p.n is null) or (k.n >= 2 and c.country_fold = 'gb')
        or (s.n >= 1 and o.n is null))`,
  },
  {
    name: 'lapsed buyers',
    rule: all(order({ value: 2 }), order({ measure: 'lastAt', op: 'notWithin', value: null, window: lastDays(90) })),
    sql: `select c.id from contact c
      join (select contact_id from orders where gross_lines > 0 group by contact_id
            having count(*) >= 2 and not (${within('max(at)', 90)})) o on o.contact_id = c.id
      where c.deleted_at is null`,
  },
  {
    name: 'new and idle',
    rule: all(
      { type: 'instant', field: 'createdAt', op: 'within', period: lastDays(180) },
      event('view', null, { op: 'atMost', value: 2 }),
    ),
    sql: `select c.id from contact c left join (${eventsBy('view', null)} having count(*) >= 3) v on v.contact_id = c.id
      where c.deleted_at is null and ${within('c.created_at', 180)} and v.contact_id is null`,
  },
  {
    name: 'opened, not clicked',
    rule: all(
      activity({ table: 'delivery', state: 'opened' }, { period: lastDays(60) }),
      not(activity({ table: 'delivery', state: 'clicked' }, { period: lastDays(60) })),
      order({ measure: 'firstAt', op: 'within', value: null, window: lastDays(200) }),
    ),
    sql: `select c.id from contact c
      join (select contact_id from delivery where ${within('opened_at', 60)} group by contact_id) o on o.contact_id = c.id
      left join (select contact_id from delivery where ${within('clicked_at', 60)} group by contact_id) k on k.contact_id = c.id
      join (select contact_id from orders where gross_lines > 0 group by contact_id
            having ${within('min(at)', 200)}) f on f.contact_id = c.id
      where c.deleted_at is null and k.contact_id is null`,
  },
];

export const benchContext = { now: benchNow, zone: 'UTC', currency: 'GBP', parameters: new Map(), fields: new Map() };
