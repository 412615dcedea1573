import { SegmentedControl } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import dayjs from 'dayjs';
import { type DateRange, type Preset, presets, presetWords } from './range.ts';
import type { Customers } from './revenue-chart.tsx';

type Props = {
  preset: Preset;
  range: DateRange;
  whole: DateRange;
  by: 'day' | 'month';
  customers: Customers;
  pickerKey: number;
  onPreset: (preset: Preset) => void;
  onCustom: (range: DateRange) => void;
  onBy: (by: 'day' | 'month') => void;
  onCustomers: (customers: Customers) => void;
};

const presetData = presets.map((value) => ({ value, label: presetWords[value] }));
const byData = [
  { value: 'day', label: 'By day' },
  { value: 'month', label: 'By month' },
];
const customersData = [
  { value: 'all', label: 'All customers' },
  { value: 'known', label: 'Known only' },
];

const dates = (date: string) => dayjs(date).format('D MMM YYYY');

/** Which days, in which steps, of whom. */
export function RangeBar({
  preset,
  range,
  whole,
  by,
  customers,
  pickerKey,
  onPreset,
  onCustom,
  onBy,
  onCustomers,
}: Props) {
  return (
    <>
      <SegmentedControl
        aria-label="Range"
        data={presetData}
        value={preset}
        onChange={(value) => {
          const chosen = presets.find((known) => known === value);
          if (chosen) onPreset(chosen);
        }}
      />
      {preset === 'custom' ? (
        <DatePickerInput
          key={pickerKey}
          type="range"
          aria-label={`From and to ${dates(range.from)} – ${dates(range.to)}`}
          size="xs"
          w={220}
          allowSingleDateInRange
          weekendDays={[]}
          valueFormat="D MMM YYYY"
          defaultDate={whole.to}
          minDate={whole.from}
          maxDate={whole.to}
          defaultValue={[range.from, range.to]}
          onChange={([from, to]) => {
            if (from !== null && to !== null) onCustom({ from: from.slice(0, 10), to: to.slice(0, 10) });
          }}
        />
      ) : null}
      <SegmentedControl
        aria-label="Step"
        data={byData}
        value={by}
        onChange={(value) => onBy(value === 'month' ? 'month' : 'day')}
      />
      <SegmentedControl
        aria-label="Customers"
        data={customersData}
        value={customers}
        onChange={(value) => onCustomers(value === 'known' ? 'known' : 'all')}
      />
    </>
  );
}
