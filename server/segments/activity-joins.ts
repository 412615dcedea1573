/**
 * Aggregates of orders, events and deliveries for one statement: one GROUP BY per source, whatever the number of
 * conditions on it, as wide as the widest of their periods; narrower ones are FILTERs. HAVING drops the contacts that cannot
 * be members anyhow: those that fail a source's only condition, or one that the whole rule demands.
 */
import { assertUnreachable, must } from '#shared/kernel/assert.ts';
import type { Bounds } from '#shared/segment/periods.ts';
import type { ResolvedActivity, ResolvedRule, ResolvedSource } from '#shared/segment/resolve.ts';
import { operators, parameterCondition } from './parameter-condition.ts';
import type { SqlValues } from './sql-values.ts';

type Group = { alias: string; source: ResolvedSource; leaves: ResolvedActivity[] };
/** `test` null: to be in the join is to pass. */
type Placed = { group: Group; test: string | null };

export class ActivityJoins {
  readonly #groups = new Map<string, Group>();
  readonly #tests = new Map<ResolvedActivity, Placed>();
  readonly #joins: string[] = [];
  readonly #owner: string;
  readonly #aliases: string;

  /** `merged`: there are merged cards, whose activity is their survivor's. */
  constructor(rule: ResolvedRule, values: SqlValues, merged: boolean) {
    this.#owner = merged ? 'coalesce(alias.survivor, contact_id)' : 'contact_id';
    this.#aliases = merged ? ' left join contact_alias alias on alias.id = contact_id' : '';

    for (const leaf of activityLeaves(rule)) {
      const key = JSON.stringify(leaf.source);
      const group = this.#groups.get(key) ?? { alias: `a${this.#groups.size}`, source: leaf.source, leaves: [] };
      this.#groups.set(key, group);
      group.leaves.push(leaf);
    }
    const demanded = new Set(demandedLeaves(rule));
    for (const group of this.#groups.values()) this.#joins.push(this.#join(group, demanded, values));
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

  #join(group: Group, demanded: ReadonlySet<ResolvedActivity>, values: SqlValues): string {
    const { alias, source, leaves } = group;
    const { from, filter, at } = sourceSql(source, values);
    const widest = hull(leaves.map((leaf) => leaf.period));
    const where = [...filter, ...(isOpen(widest) ? [] : [values.within(at, widest)])];
    // What none of the conditions looks at need not be read at all.
    const [first] = leaves;
    const alike = first !== undefined && leaves.every((leaf) => isAmount(leaf) === isAmount(first));
    if (alike) where.push(...rowFilter(first, values));
    const columns = [this.#aliases === '' ? 'contact_id' : `${this.#owner} as contact_id`];
    const having: string[] = [];
    for (const leaf of leaves) {
      const rows = alike ? [] : rowFilter(leaf, values);
      if (!sameBounds(leaf.period, widest)) rows.push(values.within(at, leaf.period));
      const figure = aggregate(leaf, at, rows.length === 0 ? '' : ` filter (where ${rows.join(' and ')})`);
      if (leaves.length === 1 || demanded.has(leaf)) {
        if (rows.length > 0 || !isAnyRow(leaf)) having.push(passes(leaf, figure, values));
        this.#tests.set(leaf, { group, test: null });
      } else {
        const name = `v${columns.length}`;
        columns.push(`${figure} as ${name}`);
        this.#tests.set(leaf, { group, test: passes(leaf, `${alias}.${name}`, values) });
      }
    }
    const rows = `${from}${this.#aliases}${where.length === 0 ? '' : ` where ${where.join(' and ')}`}`;
    const kept = having.length === 0 ? '' : ` having ${having.join(' and ')}`;
    const grouped = `select ${columns.join(', ')} from ${rows} group by ${this.#owner}${kept}`;
    return ` left join (${grouped}) ${alias} on ${alias}.contact_id = c.id`;
  }
}

/** Conditions that every member passes. */
function demandedLeaves(rule: ResolvedRule): ResolvedActivity[] {
  if (rule.type === 'activity') return [rule];
  return rule.type === 'all' ? rule.rules.filter((child) => child.type === 'activity') : [];
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
      const where = source.where.map((test) => parameterCondition(test, values));
      return { from: 'event', filter: [type, ...where], at: 'at' };
    }
    case 'delivery': {
      const at = `${source.state}_at`;
      return { from: 'delivery', filter: [`${at} is not null`], at };
    }
    default:
      return assertUnreachable(source);
  }
}

const isAmount = (leaf: ResolvedActivity) => 'currency' in leaf;

/** Leaves out amounts of other currencies, and orders that are nothing but a return where orders are meant. */
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
