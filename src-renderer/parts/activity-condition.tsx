import { NativeSelect, NumberInput } from '@mantine/core';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { MONEY_SCALE } from '#shared/kernel/money.ts';
import { type ActivityLeaf, type Measure, measureKinds } from '#shared/segment/segment.schema.ts';
import { PeriodEditor } from './period-editor.tsx';
import classes from './rule.module.css';

const numberOps: { value: ActivityLeaf['op']; label: string }[] = [
  { value: 'atLeast', label: 'at least' },
  { value: 'atMost', label: 'at most' },
  { value: 'equals', label: 'exactly' },
];
const timeOps: { value: ActivityLeaf['op']; label: string }[] = [
  { value: 'within', label: 'was' },
  { value: 'notWithin', label: 'was not' },
];
const eventMeasures: { value: Measure; label: string }[] = [
  { value: 'count', label: 'count' },
  { value: 'firstAt', label: 'first' },
  { value: 'lastAt', label: 'last' },
];

const asTime = (leaf: ActivityLeaf, measure: Measure): ActivityLeaf => ({
  ...leaf,
  measure,
  op: 'within',
  value: null,
  window: { type: 'lastDays', days: 90 },
});
const asCount = (leaf: ActivityLeaf): ActivityLeaf => ({
  ...leaf,
  measure: 'count',
  op: 'atLeast',
  value: 1,
  window: null,
});

/** A condition on what a contact did: how often, for how much, or when; optionally only within a period. */
export function ActivityCondition({
  leaf,
  label,
  onChange,
}: {
  leaf: ActivityLeaf;
  label: string;
  onChange: (next: ActivityLeaf, group?: string) => void;
}) {
  const { currency } = useFormat();
  const kind = measureKinds[leaf.measure];
  const scale = kind === 'amount' ? MONEY_SCALE : 1;
  const ops = kind === 'time' ? timeOps : numberOps;
  return (
    <>
      {leaf.source.table === 'order' ? null : (
        <NativeSelect
          aria-label={`${label}: what`}
          data={eventMeasures}
          value={leaf.measure}
          onChange={(event) => {
            const measure =
              eventMeasures.find((candidate) => candidate.value === event.currentTarget.value)?.value ?? 'count';
            onChange(measure === 'count' ? asCount(leaf) : asTime(leaf, measure));
          }}
        />
      )}
      <NativeSelect
        aria-label={`${label}: comparison`}
        data={ops}
        value={leaf.op}
        onChange={(event) => {
          const op = ops.find((candidate) => candidate.value === event.currentTarget.value)?.value;
          if (op) onChange({ ...leaf, op });
        }}
      />
      {kind === 'time' ? (
        <PeriodEditor
          label={label}
          value={leaf.window ?? { type: 'lastDays', days: 90 }}
          onChange={(window) => onChange({ ...leaf, window })}
        />
      ) : (
        <NumberInput
          data-autofocus
          className={kind === 'amount' ? classes.money : classes.number}
          aria-label={`${label}: number`}
          value={leaf.value === null ? '' : leaf.value / scale}
          allowDecimal={kind === 'amount'}
          decimalScale={2}
          allowNegative={leaf.measure === 'net'}
          min={leaf.measure === 'net' ? undefined : 0}
          thousandSeparator=","
          suffix={kind === 'amount' ? ` ${currency}` : ''}
          onChange={(value) => {
            if (typeof value === 'number') onChange({ ...leaf, value: Math.round(value * scale) }, `number:${label}`);
          }}
        />
      )}
      {kind === 'time' ? null : (
        <>
          <NativeSelect
            aria-label={`${label}: when`}
            data={[
              { value: 'ever', label: 'at any time' },
              { value: 'period', label: 'only' },
            ]}
            value={leaf.period === null ? 'ever' : 'period'}
            onChange={(event) =>
              onChange({
                ...leaf,
                period: event.currentTarget.value === 'ever' ? null : { type: 'lastDays', days: 90 },
              })
            }
          />
          {leaf.period === null ? null : (
            <PeriodEditor label={label} value={leaf.period} onChange={(period) => onChange({ ...leaf, period })} />
          )}
        </>
      )}
    </>
  );
}
