/**
 * Orders from everywhere (files, the API, demo data) pass the same two temporary tables: their lines are staged, grouped
 * into orders over the whole input, then applied in slices. So an order means the same, and has the same digest,
 * whatever way it came. See docs/decisions/0003-import-staging.md.
 */
import type { CopyCell } from '#server/storage/copy-rows.ts';
import type { Tx } from '#server/storage/database.ts';

/** Columns of order_stage_line in the order of {@link stagedLineCells}. */
export const stagedLineColumns =
  'line, external_order_id, at, customer, item, name, category, quantity, price, status, currency, credit, extra, order_extra';

export type StagedLine = {
  /** Orders the lines of an order; in a file its line number. */
  line: number;
  externalOrderId: string;
  /** Epoch ms. */
  at: number;
  /** Whose order it is, as a key the caller resolves (see customerKey); null: nobody known. */
  customer: string | null;
  item: string;
  name: string;
  category: string | null;
  /** 1/1,000 */
  quantity: number;
  /** 1/10,000 */
  price: number;
  status: string | null;
  currency: string | null;
  credit: boolean;
  /** JSON text. */
  extra?: string | null;
  orderExtra?: string | null;
};

export const stagedLineCells = (line: StagedLine, at: string): CopyCell[] => [
  line.line,
  line.externalOrderId,
  at,
  line.customer,
  line.item,
  line.name,
  line.category,
  line.quantity,
  line.price,
  line.status,
  line.currency,
  line.credit,
  line.extra ?? null,
  line.orderExtra ?? null,
];

/** Kinds sort in matching order, so that the smallest key of an order is the one that counts. */
export const customerKey = {
  externalCustomerId: (value: string): string => `1:${value}`,
  email: (folded: string): string => `2:${folded}`,
  phone: (e164: string): string => `3:${e164}`,
} as const;

/** Makes the session's staging tables, empty. Extra columns (text) hold what the caller wants to keep per line. */
export async function createOrderStage(tx: Tx, extraColumns: readonly string[] = []): Promise<void> {
  await tx.query('drop table if exists pg_temp.order_stage_line, pg_temp.order_stage');
  const extra = extraColumns.map((name) => `, ${name} text collate "C"`).join('');
  await tx.query(`create temp table order_stage_line (
    line integer not null, external_order_id text collate "C" not null, at timestamptz not null, customer text collate "C",
    item text collate "C" not null, name text collate "C" not null, category text collate "C", quantity bigint not null,
    price bigint not null, status text collate "C", currency text collate "C", credit boolean not null, extra jsonb,
    order_extra jsonb ${extra})`);
  await tx.query(`create temp table order_stage (
    seq integer primary key, external_order_id text collate "C" not null unique, customer text collate "C",
    at timestamptz not null, status text not null, currency text not null, credit boolean not null, extra jsonb not null,
    gross bigint not null, returns bigint not null, gross_lines integer not null, line_count integer not null,
    digest text not null, contact_id bigint, row_id bigint, old_contact_id bigint, outcome text)`);
}

/** The staging tables of a pooled connection, empty: made once, then used again and again. */
export async function reuseOrderStage(tx: Tx): Promise<void> {
  const { rows } = await tx.query<{ there: boolean }>(`select to_regclass('pg_temp.order_stage') is not null as there`);
  if (rows[0]?.there) await tx.query('truncate pg_temp.order_stage_line, pg_temp.order_stage');
  else await createOrderStage(tx);
}

/**
 * Takes out lines that contradict their order: another customer or another currency than an earlier line said.
 * Answers their numbers with the reason.
 */
export async function removeContradictions(tx: Tx): Promise<{ line: number; reason: string }[]> {
  const customers = await tx.query<{ line: number }>(`
    with first as (
      select distinct on (external_order_id, left(customer, 2)) external_order_id, left(customer, 2) as kind, customer
        from order_stage_line where customer is not null
       order by external_order_id, left(customer, 2), line)
    delete from order_stage_line l using first f
     where l.external_order_id = f.external_order_id and left(l.customer, 2) = f.kind and l.customer <> f.customer
    returning l.line`);
  const currencies = await tx.query<{ line: number }>(`
    with first as (
      select distinct on (external_order_id) external_order_id, currency
        from order_stage_line where currency is not null
       order by external_order_id, line)
    delete from order_stage_line l using first f
     where l.external_order_id = f.external_order_id and l.currency <> f.currency
    returning l.line`);
  return [
    ...customers.rows.map(({ line }) => ({ line, reason: 'an earlier line of this order names another customer' })),
    ...currencies.rows.map(({ line }) => ({ line, reason: 'an earlier line of this order has another currency' })),
  ];
}

/**
 * Groups the staged lines into orders: the date is the earliest line's, the status the latest one's. Equal lines stay
 * two lines. Amounts come from the functions order_line_… of the schema; the digest covers everything but the contact.
 */
export async function groupOrders(tx: Tx, defaults: { currency: string; status: string }): Promise<number> {
  await tx.query('create index if not exists order_stage_line_order on order_stage_line (external_order_id, line)');
  await tx.query('analyze order_stage_line');
  const { rowCount } = await tx.query(
    `with header as (
       select external_order_id, min(customer) as customer, min(at) as at, bool_or(credit) as credit,
              case when bool_or(credit) then 'CANCELLED'
                   else coalesce((array_agg(status order by at desc, line desc) filter (where status is not null))[1], $2) end as status,
              coalesce(min(currency), $1) as currency,
              coalesce((array_agg(order_extra order by line) filter (where order_extra is not null))[1], '{}') as extra
         from order_stage_line group by external_order_id),
     figures as (
       select h.external_order_id,
              coalesce(sum(order_line_amount(l.quantity, l.price))
                filter (where order_line_is_gross(l.quantity, l.price, h.credit, h.status)), 0) as gross,
              coalesce(sum(order_line_returned(l.quantity, l.price)) filter (where order_line_is_return(l.quantity, h.credit)), 0) as returns,
              count(*) filter (where order_line_is_gross(l.quantity, l.price, h.credit, h.status)) as gross_lines,
              count(*) as line_count,
              string_agg(concat_ws(',', quote_literal(l.item), quote_literal(l.name), quote_nullable(l.category), l.quantity, l.price,
                coalesce(l.extra::text, '')), ';' order by l.line) as lines
         from header h join order_stage_line l using (external_order_id)
        group by h.external_order_id)
     insert into order_stage (seq, external_order_id, customer, at, status, currency, credit, extra, gross, returns, gross_lines, line_count, digest)
     select row_number() over (order by h.external_order_id), h.external_order_id, h.customer, h.at, h.status, h.currency, h.credit, h.extra,
            f.gross, f.returns, f.gross_lines, f.line_count,
            encode(sha256(convert_to(concat_ws(chr(10), extract(epoch from h.at), h.status, h.currency, h.credit, h.extra::text, f.lines), 'UTF8')), 'hex')
       from header h join figures f using (external_order_id)`,
    [defaults.currency, defaults.status],
  );
  await tx.query('analyze order_stage');
  return rowCount ?? 0;
}
