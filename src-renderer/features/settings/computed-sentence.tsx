import { NativeSelect, NumberInput } from '@mantine/core';
import {
  type Aggregate,
  aggregatesOf,
  type Computed,
  type ComputedSource,
  type ComputedValue,
  valueKind,
} from '#shared/contact/computed.schema.ts';
import { aggregateWords, valueWords } from '#shared/contact/computed-words.ts';
import classes from './computed.module.css';
import { SourceChoice, StatusChoice, useEventParameters, valuesOf } from './computed-source.tsx';
import { ParameterTests } from './parameter-tests.tsx';

const COUNT = 'count';
const DEFAULT_DAYS = 90;

type Choice = { value: string; label: string; aggregate: Aggregate; of: ComputedValue | null };

/** Everything that can be worked out of a source, in one list: "sum of revenue", "last time". */
function choicesOf(values: readonly ComputedValue[], source: ComputedSource): Choice[] {
  const made = values.flatMap((of) =>
    aggregatesOf(valueKind(source, of) ?? 'time').map((aggregate) => ({
      value: JSON.stringify([aggregate, of]),
      label: choiceWords(aggregate, of),
      aggregate,
      of,
    })),
  );
  return [{ value: COUNT, label: 'number', aggregate: 'count', of: null }, ...made];
}

function choiceWords(aggregate: Aggregate, of: ComputedValue): string {
  const made = aggregateWords[aggregate].toLowerCase();
  if (of.of === 'time') return `time of the ${made}`;
  return `${made} ${aggregate === 'sum' ? 'of ' : ''}${valueWords(of)}`;
}

const choiceOf = ({ aggregate, value }: Computed): string =>
  value === null ? COUNT : JSON.stringify([aggregate, value]);

/** What is worked out, read from left to right as one sentence. */
export function ComputedSentence({ computed, onChange }: { computed: Computed; onChange: (next: Computed) => void }) {
  const { source, days } = computed;
  const { types, parametersOf } = useEventParameters();
  const parameters = source.table === 'event' ? parametersOf(source.eventType) : [];
  const choices = choicesOf(valuesOf(source, parameters), source);
  const chosen = choiceOf(computed);
  // A parameter that is no column any more still stands in the sentence.
  const missing = choices.some(({ value }) => value === chosen)
    ? []
    : [{ value: chosen, label: computed.value === null ? 'number' : `${valueWords(computed.value)} (not available)` }];

  const look = (next: ComputedSource) => {
    const fits = computed.value === null || valueKind(next, computed.value) !== null;
    const same =
      next.table === source.table &&
      (next.table !== 'event' || source.table !== 'event' || next.eventType === source.eventType);
    onChange(
      fits && same ? { ...computed, source: next } : { ...computed, source: next, aggregate: 'count', value: null },
    );
  };

  return (
    <fieldset className={classes.sentence} aria-label="What is worked out">
      <span className={classes.word}>The</span>
      <NativeSelect
        aria-label="Work out"
        data={[...choices.map(({ value, label }) => ({ value, label })), ...missing]}
        value={chosen}
        onChange={(event) => {
          const choice = choices.find(({ value }) => value === event.currentTarget.value);
          if (choice) onChange({ ...computed, aggregate: choice.aggregate, value: choice.of });
        }}
      />
      <span className={classes.word}>of</span>
      <SourceChoice source={source} types={types} onChange={look} />
      {source.table === 'event' ? null : (
        <>
          <span className={classes.word}>{source.table === 'order' ? 'with status' : 'in orders with status'}</span>
          <div className={classes.grow}>
            <StatusChoice source={source} onChange={look} />
          </div>
        </>
      )}
      <NativeSelect
        aria-label="When"
        data={[
          { value: 'ever', label: 'at any time' },
          { value: 'days', label: 'in the last … days' },
        ]}
        value={days === null ? 'ever' : 'days'}
        onChange={(event) =>
          onChange({ ...computed, days: event.currentTarget.value === 'ever' ? null : DEFAULT_DAYS })
        }
      />
      {days === null ? null : (
        <NumberInput
          aria-label="Days"
          w={88}
          min={1}
          max={3650}
          allowDecimal={false}
          value={days}
          onChange={(next) => {
            if (typeof next === 'number' && next >= 1) onChange({ ...computed, days: next });
          }}
        />
      )}
      {source.table === 'event' ? (
        <>
          <ParameterTests
            where={source.where}
            parameters={parameters}
            onChange={(where) => look({ ...source, where })}
          />
          {parameters.length === 0 ? (
            <p className={classes.note}>
              Parameters of this event can be looked at once they are switched on for segments, under Events.
            </p>
          ) : null}
        </>
      ) : null}
    </fieldset>
  );
}
