/**
 * Computed fields in SQL: one aggregate over the rows that count. The columnar twin is
 * src-shared/segment/evaluate-computed.ts; semantics.md says what both answer.
 */
import { assertUnreachable } from '#shared/kernel/assert.ts';
import { LARGEST_NUMBER } from '#shared/segment/computed-rows.ts';
import type { ComputedRows, ResolvedComputed, ResolvedValue } from '#shared/segment/resolve-computed.ts';
import { parameterCondition } from './parameter-condition.ts';
import type { SqlValues } from './sql-values.ts';

export type ComputedScope = {
  /** There are merged cards, whose history is their survivor's. */
  merged: boolean;
  /** Placeholder of ids, merged ones included: rows of others are not read. */
  only?: string;
};

/** A SELECT of columns contact_id and value, a row for each contact with something to show; null when nobody has. */
export function computedSql(computed: ResolvedComputed, values: SqlValues, scope: ComputedScope): string | null {
  const { rows } = computed;
  if (rows === null) return null;
  const inner = rowsSql(rows, computed, values, scope);
  switch (computed.aggregate) {
    case 'count':
      return `select contact_id, count(*)::double precision as value from (${inner}) r group by contact_id`;
    case 'sum':
    case 'min':
    case 'max':
      return grouped(`${computed.aggregate}(v)`, inner);
    case 'average':
      return grouped('floor(sum(v) / count(v) + 0.5)', inner);
    case 'first':
    case 'last': {
      const isFirst = computed.aggregate === 'first';
      if (computed.value.kind === 'time') return grouped(isFirst ? 'min(v)' : 'max(v)', inner);
      const order = ['at', 'k1', 'k2'].map((column) => `${column}${isFirst ? '' : ' desc'}`).join(', ');
      return `select distinct on (contact_id) contact_id, v as value from (${inner}) r
        where v is not null order by contact_id, ${order}`;
    }
    case 'mostFrequent':
      return `select distinct on (contact_id) contact_id, v as value
        from (select contact_id, v, count(*) as n, max(at) as latest from (${inner}) r
               where v is not null group by contact_id, v) s
        order by contact_id, n desc, latest desc, v collate "C"`;
    default:
      return assertUnreachable(computed);
  }
}

const grouped = (value: string, inner: string): string =>
  `select contact_id, ${value} as value from (${inner}) r where v is not null group by contact_id`;

const MS = `round(date_part('epoch', at) * 1000)`;

/** Whose, when, in which order they were made, and the value: texts as they are, numbers in 1/10,000, instants in ms. */
function rowsSql(rows: ComputedRows, computed: ResolvedComputed, values: SqlValues, scope: ComputedScope): string {
  const value = 'value' in computed ? computed.value : null;
  const { merged, only } = scope;
  const isLine = rows.table === 'orderLine';
  const owner = isLine ? 'o.contact_id' : 'contact_id';
  const from =
    rows.table === 'event'
      ? 'event'
      : isLine
        ? 'orders o join order_line l on l.contact_id = o.contact_id and l.order_row_id = o.row_id'
        : 'orders';
  const where = [
    ...(rows.table === 'event' ? eventFilter(rows, values) : orderFilter(rows, computed, value, values)),
    ...(only === undefined ? [] : [`${owner} = any(${only})`]),
    ...(computed.period.from === null && computed.period.to === null ? [] : [values.within('at', computed.period)]),
  ];
  return `select ${merged ? `coalesce(alias.survivor, ${owner})` : owner} as contact_id, at,
      ${isLine ? 'l.order_row_id' : 'row_id'} as k1, ${isLine ? 'l.line_no' : '0'} as k2,
      ${value === null ? 'null' : valueSql(value, rows, values)} as v
    from ${from}${merged ? ` left join contact_alias alias on alias.id = ${owner}` : ''} where ${where.join(' and ')}`;
}

function eventFilter({ eventType, where }: Extract<ComputedRows, { table: 'event' }>, values: SqlValues): string[] {
  const type = `type_id = (select id from event_type where key = ${values.add(eventType, 'text')})`;
  return [type, 'contact_id <> 0', ...where.map((test) => parameterCondition(test, values))];
}

/**
 * Orders that count: of the given statuses; of none in particular those with a gross line. Sums are of every order, because
 * a pure return lowers them. Of lines those that were bought.
 */
function orderFilter(
  { table, statuses }: Exclude<ComputedRows, { table: 'event' }>,
  { aggregate }: ResolvedComputed,
  value: ResolvedValue | null,
  values: SqlValues,
): string[] {
  const isLine = table === 'orderLine';
  const filter = [isLine ? 'o.contact_id <> 0' : 'contact_id <> 0'];
  if (statuses.length > 0) filter.push(`status = any(${values.add(statuses, 'text[]')})`);
  else if (isLine || aggregate !== 'sum') filter.push('gross_lines > 0');
  if (value?.kind === 'number' && value.currency !== null) {
    filter.push(`currency = ${values.add(value.currency, 'text')}`);
  }
  if (isLine) filter.push('l.quantity > 0 and l.price > 0');
  return filter;
}

/** Columns of ours, by the names definitions know them by. */
const columns: Readonly<Record<string, string>> = {
  net: 'gross - returns',
  gross: 'gross',
  returns: 'returns',
  status: 'status',
  category: 'l.category',
  name: 'l.name',
  externalItemId: 'l.external_item_id',
  amount: 'l.amount',
  price: 'l.price',
  quantity: 'l.quantity',
};

function valueSql(value: ResolvedValue, rows: ComputedRows, values: SqlValues): string {
  if (value.kind === 'time') return MS;
  if (rows.table === 'event') {
    const key = values.add(value.key, 'text');
    if (value.kind === 'text') return `event_text(params, ${key})`;
    const number = `event_number(params, ${key})`;
    return `case when abs(${number}) <= ${LARGEST_NUMBER} then floor(${number} * ${value.scale} + 0.5) end`;
  }
  const column = columns[value.key];
  if (column === undefined) throw new Error(`There is no value “${value.key}” of orders`);
  return value.kind === 'text' ? `nullif(${column}, '')` : `((${column}) * ${value.scale})::double precision`;
}
