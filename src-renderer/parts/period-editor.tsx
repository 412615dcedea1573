import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import { DAY_MS, localDate, startOfDate } from '#shared/kernel/time.ts';
import type { Period } from '#shared/segment/leaf-parts.ts';
import classes from './rule.module.css';

const kinds = [
  { value: 'lastDays', label: 'in the last … days' },
  { value: 'localDays', label: 'in the last … calendar days' },
  { value: 'between', label: 'between dates' },
];

export type PeriodEditorProps = {
  value: Period;
  onChange: (next: Period) => void;
  /** What the period belongs to, for screen readers. */
  label: string;
};

/** A moving or fixed period. Dates are days of the workspace zone; the end day still counts. */
export function PeriodEditor({ value, onChange, label }: PeriodEditorProps) {
  const { zone } = useFormat();
  const change = (type: string) => {
    const days = value.type === 'between' ? 30 : value.days;
    if (type === 'lastDays' || type === 'localDays') onChange({ type, days });
    else {
      const today = startOfDate(zone, localDate(zone, clock()));
      onChange({ type: 'between', from: today - days * DAY_MS, to: null });
    }
  };
  const dayOf = (at: number | null, back: number) => (at === null ? '' : localDate(zone, at - back));
  const nextDay = (date: string) => new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  return (
    <>
      <NativeSelect
        aria-label={`${label}: period`}
        data={kinds}
        value={value.type}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {value.type === 'between' ? (
        <>
          <TextInput
            type="date"
            className={classes.date}
            aria-label={`${label}: from day`}
            value={dayOf(value.from, 0)}
            onChange={(event) => {
              const day = event.currentTarget.value;
              onChange({ ...value, from: day === '' ? null : startOfDate(zone, day) });
            }}
          />
          <span className={classes.word}>to</span>
          <TextInput
            type="date"
            className={classes.date}
            aria-label={`${label}: to day`}
            value={dayOf(value.to, 1)}
            onChange={(event) => {
              const day = event.currentTarget.value;
              onChange({ ...value, to: day === '' ? null : startOfDate(zone, nextDay(day)) });
            }}
          />
        </>
      ) : (
        <NumberInput
          className={classes.number}
          aria-label={`${label}: days`}
          min={1}
          max={3650}
          allowDecimal={false}
          value={value.days}
          onChange={(days) => {
            if (typeof days === 'number' && days >= 1) onChange({ ...value, days });
          }}
        />
      )}
    </>
  );
}
