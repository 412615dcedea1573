import type { Database } from '#server/storage/database.ts';
import { must } from '#shared/kernel/assert.ts';
import { formatMoney } from '#shared/kernel/money.ts';
import { DAY_MS, periods, startOfDate } from '#shared/kernel/time.ts';
import type { RevenueFigures, RevenueInput, RevenueReport } from '#shared/report/revenue.schema.ts';

type Row = {
  period: number | null;
  known: boolean | null;
  gross: string;
  returns: string;
  orders: number;
  customers: number;
};

const noRow = { gross: '0', returns: '0', orders: 0, customers: 0 };

function figures(row: Omit<Row, 'period' | 'known'>): RevenueFigures {
  const gross = BigInt(row.gross);
  const returns = BigInt(row.returns);
  return {
    gross: formatMoney(gross),
    returns: formatMoney(returns),
    net: formatMoney(gross - returns),
    orders: row.orders,
    customers: row.customers,
  };
}

/** First instant after a calendar date of the zone. */
function endOfDate(zone: string, date: string): number {
  return startOfDate(zone, new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10));
}

/**
 * Revenue by day or month of the workspace's zone, in its currency (amounts of other currencies are never added up).
 * The bounds of the periods are computed once, in kernel/time.ts, and the database only compares instants with them.
 * `from` and `to` cut the first and last period; without them the report covers the first to the last order.
 */
export async function revenueReport(db: Pick<Database, 'query'>, input: RevenueInput): Promise<RevenueReport> {
  const [workspace] = await db.query<{ time_zone: string; currency: string }>(
    'select time_zone, currency from workspace where id = 1',
  );
  const { time_zone: zone, currency } = must(workspace, 'the workspace exists');
  const [range] = await db.query<{ first: Date | null; last: Date | null }>(
    'select min(at) as first, max(at) as last from orders where currency = $1',
    [currency],
  );
  const from = input.from ? startOfDate(zone, input.from) : range?.first?.getTime();
  const to = input.to ? endOfDate(zone, input.to) : range?.last && range.last.getTime() + 1;
  const empty = { currency, known: figures(noRow), all: figures(noRow), rows: [] };
  if (from === undefined || !to || from >= to) return empty;

  const covered = periods(zone, input.by, from, to);
  const rows = await db.query<Row>(
    `select width_bucket(at, $3::timestamptz[])::int as period, (contact_id <> 0) as known,
            sum(gross)::text as gross, sum(returns)::text as returns,
            (count(*) filter (where gross_lines > 0))::int as orders,
            (count(distinct coalesce(alias.survivor, contact_id)) filter (where gross_lines > 0 and contact_id <> 0))::int
              as customers
       from orders left join contact_alias alias on alias.id = contact_id where at >= $1 and at < $2 and currency = $4
      group by grouping sets ((width_bucket(at, $3::timestamptz[]), (contact_id <> 0)), (width_bucket(at, $3::timestamptz[])), ((contact_id <> 0)), ())`,
    [new Date(from), new Date(to), covered.map((period) => new Date(period.from)), currency],
  );
  const found = new Map(rows.map((row) => [`${row.period ?? 'total'}:${row.known ?? 'all'}`, row]));
  const figuresOf = (period: number | 'total', who: 'true' | 'all') => figures(found.get(`${period}:${who}`) ?? noRow);
  return {
    currency,
    known: figuresOf('total', 'true'),
    all: figuresOf('total', 'all'),
    rows: covered.map(({ period }, at) => ({
      period,
      known: figuresOf(at + 1, 'true'),
      all: figuresOf(at + 1, 'all'),
    })),
  };
}
