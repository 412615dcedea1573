import type { ResolvedRule } from '#shared/segment/resolve.ts';
import type { ResolvedComputed } from '#shared/segment/resolve-computed.ts';
import { computedSql } from './computed-sql.ts';
import type { SqlValues } from './sql-values.ts';

/** Values of computed fields for one statement: one join per field, whatever the number of conditions on it. */
export class ComputedJoins {
  readonly #columns = new Map<string, string>();
  readonly #joins: string[] = [];

  /** `merged`: there are merged cards, whose history is their survivor's. */
  constructor(rule: ResolvedRule, values: SqlValues, merged: boolean) {
    for (const computed of computedOf(rule)) {
      const key = JSON.stringify(computed);
      if (this.#columns.has(key)) continue;
      const select = computedSql(computed, values, { merged });
      const alias = `f${this.#joins.length}`;
      if (select !== null) this.#joins.push(` left join (${select}) ${alias} on ${alias}.contact_id = c.id`);
      const value = select === null ? `null::${computed.isText ? 'text' : 'double precision'}` : `${alias}.value`;
      this.#columns.set(key, computed.zero ? `coalesce(${value}, 0)` : value);
    }
  }

  sql(): string {
    return this.#joins.join('');
  }

  /** The value of contact c; NULL where it has none. */
  column(computed: ResolvedComputed): string {
    const column = this.#columns.get(JSON.stringify(computed));
    if (column === undefined) throw new Error('The field belongs to another rule');
    return column;
  }
}

function computedOf(rule: ResolvedRule): ResolvedComputed[] {
  switch (rule.type) {
    case 'all':
    case 'any':
      return rule.rules.flatMap(computedOf);
    case 'not':
      return computedOf(rule.rule);
    default:
      return 'computed' in rule && rule.computed ? [rule.computed] : [];
  }
}
