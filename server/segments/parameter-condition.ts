import type { ResolvedParameter } from '#shared/segment/resolve-parameters.ts';
import type { SqlValues } from './sql-values.ts';

export const operators = { atLeast: '>=', atMost: '<=', equals: '=' } as const;

/** By the functions that fill the columns, so that both engines see one value. NULL (no value) passes nothing. */
export function parameterCondition(test: ResolvedParameter, values: SqlValues): string {
  const key = values.add(test.key, 'text');
  if (test.kind === 'number') {
    const { op, value } = test.test;
    return `event_number(params, ${key}) ${operators[op]} ${values.add(value, 'double precision')}`;
  }
  const text = `event_text(params, ${key})`;
  const matches =
    test.test === 'is'
      ? `${text} = any(${values.add(test.needles, 'text[]')})`
      : test.needles.map((needle) => `strpos(${text}, ${values.add(needle, 'text')}) > 0`).join(' or ');
  return test.none ? `not (${matches})` : `(${matches})`;
}
