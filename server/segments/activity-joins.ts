/**
 * Aggregates of orders, events and deliveries for one statement: one GROUP BY per source, whatever the number of
 * conditions on it, as wide as the widest of their periods; narrower ones are FILTERs. Where a source carries a single
 * condition, HAVING keeps only its contacts.
 */
import { assertUnreachable, must } from '#shared/kernel/assert.ts';
import type { Bounds, ResolvedActivity, ResolvedRule, ResolvedSource } from '#shared/segment/resolve.ts';
import type { SqlValues } from './sql-values.ts';

type Group = { alias: string; source: ResolvedSource; leaves: ResolvedActivity[] };

export class ActivityJoins {
  readonly #groups = new Map<string, Group>();
  readonly #tests = new Map<ResolvedActivity, { group: Group; test: string | null }>();
  readonly #joins: string[] = [];

  constructor(rule: ResolvedRule, values: SqlValues) {
    for (const leaf of activityLeaves(rule)) {
      const key = JSON.stringify(leaf.source);
      const group = this.#groups.get(key) ?? { alias: `a${this.#groups.size}`, source: leaf.source, leaves: [] };
      this.#groups.set(key, group);
      group.leaves.push(leaf);
    }
    for (const group of this.#groups.values()) this.#joins.push(this.#join(group, values));
  }

  sql(): string {
    return this.#joins.join('');
  }

  /** True for contacts that pass; NULL or false for the others. */
  present(leaf: ResolvedActivity): string {
    const { group, test } = must(this.#tests.get(leaf), 'the leaf belongs to the rule');
    return test ?? `${group.alias}.contact_id is not null`;
  }

  /** True for all contacts that do not pass. */
  absent(leaf: ResolvedActivity): string {
    const { group, test } = must(this.#tests.get(leaf), 'the leaf belongs to the rule');
    return test === null ? `${group.alias}.contact_id is null` : `(${test}) is not true`;
  }

  #join(group: Group, values: SqlValues): string {
    const { alias, source, leaves } = group;
    const { from, filter, at } = sourceSql(source, values);
    const widest = hull(leaves.map((leaf) => leaf.period));
    const where = [...filter, ...(isOpen(widest) ? [] : [values.within(at, widest)])];
    const [only] = leaves;
    let columns = '';
    let having = '';
    if (leaves.length === 1 && only !== undefined) {
      this.#tests.set(only, { group, test: null });
      const kept = rowFilter(only, values);
      if (kept.length > 0) where.push(...kept);
      having = isAnyRow(only) ? '' : ` having ${passes(only, aggregate(only, at, ''), values)}`;
    } else {
      leaves.forEach((leaf, index) => {
        const kept = rowFilter(leaf, values);
        if (!sameBounds(leaf.period, widest)) kept.push(values.within(at, leaf.period));
        const name = `v${index}`;
        columns += `, ${aggregate(leaf, at, kept.length === 0 ? '' : ` filter (where ${kept.join(' and ')})`)} as ${name}`;
        this.#tests.set(leaf, { group, test: passes(leaf, `${alias}.${name}`, values) });
      });
    }
    const rows = `${from}${where.length === 0 ? '' : ` where ${where.join(' and ')}`}`;
    return ` left join (select contact_id${columns} from ${rows} group by contact_id${having}) ${alias} on ${alias}.contact_id = c.id`;
  }
}

function activityLeaves(rule: ResolvedRule): ResolvedActivity[] {
  switch (rule.type) {
    case 'activity':
      return [rule];
    case 'all':
    case 'any':
      return rule.rules.flatMap(activityLeaves);
    case 'not':
      return activityLeaves(rule.rule);
    default:
      return [];
  }
}

function sourceSql(source: ResolvedSource, values: SqlValues): { from: string; filter: string[]; at: string } {
  switch (source.table) {
    case 'order':
      return { from: 'orders', filter: [], at: 'at' };
    case 'event': {
      const type = `type_id = (select id from event_type where key = ${values.add(source.eventType, 'text')})`;
      return { from: 'event', filter: [type], at: 'at' };
    }
    case 'delivery': {
      const at = `${source.state}_at`;
      return { from: 'delivery', filter: [`${at} is not null`], at };
    }
    default:
      return assertUnreachable(source);
  }
}

/** Rows that a measure does not look at: amounts of other currencies, and orders that are nothing but a return. */
function rowFilter(leaf: ResolvedActivity, values: SqlValues): string[] {
  if (leaf.source.table !== 'order') return [];
  return 'currency' in leaf ? [`currency = ${values.add(leaf.currency, 'text')}`] : ['gross_lines > 0'];
}

function aggregate(leaf: ResolvedActivity, at: string, filter: string): string {
  switch (leaf.measure) {
    case 'count':
      return `count(*)${filter}`;
    case 'net':
      return `sum(gross - returns)${filter}`;
    case 'gross':
    case 'returns':
      return `sum(${leaf.measure})${filter}`;
    case 'firstAt':
      return `min(${at})${filter}`;
    case 'lastAt':
      return `max(${at})${filter}`;
    default:
      return assertUnreachable(leaf);
  }
}

/** NULL (no row passed the filter) passes nothing. */
function passes(leaf: ResolvedActivity, figure: string, values: SqlValues): string {
  if ('test' in leaf) {
    const operators = { atLeast: '>=', atMost: '<=', equals: '=' } as const;
    return `${figure} ${operators[leaf.test.op]} ${values.add(leaf.test.value, 'bigint')}`;
  }
  const inside = values.within(figure, leaf.window);
  return leaf.inside ? inside : `not (${inside})`;
}

/** A group exists only where a row does. */
function isAnyRow(leaf: ResolvedActivity): boolean {
  return leaf.measure === 'count' && leaf.test.op === 'atLeast' && leaf.test.value <= 1;
}

const isOpen = ({ from, to }: Bounds) => from === null && to === null;
const sameBounds = (a: Bounds, b: Bounds) => a.from === b.from && a.to === b.to;

/** The narrowest bounds that hold all of them. */
function hull(bounds: Bounds[]): Bounds {
  const froms = bounds.map(({ from }) => from);
  const tos = bounds.map(({ to }) => to);
  return {
    from: froms.reduce((low, from) => (low === null || from === null ? null : Math.min(low, from)), froms[0] ?? null),
    to: tos.reduce((high, to) => (high === null || to === null ? null : Math.max(high, to)), tos[0] ?? null),
  };
}
