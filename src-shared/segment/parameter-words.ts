import type { ParameterTest } from './parameter-test.schema.ts';

export const comparisons: Record<'atLeast' | 'atMost' | 'equals', string> = { atLeast: '≥', atMost: '≤', equals: '=' };

const textOps: Record<Extract<ParameterTest, { values: string[] }>['op'], string> = {
  is: 'is',
  isNot: 'is not',
  contains: 'contains',
  anyOf: 'is any of',
};

/** " (brand is Acme and price ≥ 10)". */
export function parameterWords(
  where: readonly ParameterTest[] | undefined,
  writer: { count: (value: number) => string },
): string {
  if (!where || where.length === 0) return '';
  const words = where.map((test) =>
    'value' in test
      ? `${test.param} ${comparisons[test.op]} ${writer.count(test.value)}`
      : `${test.param} ${textOps[test.op]} ${test.values.filter((value) => value !== '').join(', ') || '…'}`,
  );
  return ` (${words.join(' and ')})`;
}
