import { ActionIcon, Button, NativeSelect, NumberInput, TagsInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { EventParameter } from '#shared/event/event-parameters.ts';
import { MAX_PARAMETER_TESTS, type ParameterTest } from '#shared/segment/parameter-test.schema.ts';
import classes from './computed.module.css';

const textOps = [
  { value: 'anyOf', label: 'is' },
  { value: 'isNot', label: 'is not' },
  { value: 'contains', label: 'contains' },
];
const numberOps = [
  { value: 'atLeast', label: 'is at least' },
  { value: 'atMost', label: 'is at most' },
  { value: 'equals', label: 'is' },
];

const newTest = ({ key, kind }: EventParameter): ParameterTest =>
  kind === 'number' ? { param: key, op: 'atLeast', value: 0 } : { param: key, op: 'anyOf', values: [] };

/** Conditions on the parameters of an event, all of which have to hold. */
export function ParameterTests({
  where,
  parameters,
  onChange,
}: {
  where: readonly ParameterTest[];
  parameters: readonly EventParameter[];
  onChange: (where: ParameterTest[]) => void;
}) {
  const [first] = parameters;
  if (!first && where.length === 0) return null;
  const replace = (at: number, test: ParameterTest) => onChange(where.map((one, place) => (place === at ? test : one)));
  return (
    <div className={classes.tests}>
      {where.map((test, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other identity
        <div key={at} className={classes.test}>
          <span className={classes.word}>{at === 0 ? 'where' : 'and'}</span>
          <NativeSelect
            aria-label={`Condition ${at + 1}: parameter`}
            data={[...new Set([...parameters.map(({ key }) => key), test.param])]}
            value={test.param}
            onChange={(event) => {
              const next = parameters.find(({ key }) => key === event.currentTarget.value);
              if (next) replace(at, newTest(next));
            }}
          />
          <NativeSelect
            aria-label={`Condition ${at + 1}: comparison`}
            data={'value' in test ? numberOps : textOps}
            value={test.op}
            onChange={(event) => {
              const op = event.currentTarget.value;
              if ('value' in test) {
                replace(at, { ...test, op: op === 'atMost' || op === 'equals' ? op : 'atLeast' });
              } else replace(at, { ...test, op: op === 'isNot' || op === 'contains' ? op : 'anyOf' });
            }}
          />
          {'value' in test ? (
            <NumberInput
              aria-label={`Condition ${at + 1}: value`}
              w={110}
              value={test.value}
              onChange={(value) => {
                if (typeof value === 'number') replace(at, { ...test, value });
              }}
            />
          ) : (
            <TagsInput
              aria-label={`Condition ${at + 1}: values`}
              className={classes.grow}
              placeholder={test.values.length === 0 ? 'Type and press Enter' : ''}
              value={test.values}
              acceptValueOnBlur
              splitChars={[]}
              onChange={(values) => replace(at, { ...test, values })}
            />
          )}
          <ActionIcon
            aria-label={`Remove condition ${at + 1}`}
            onClick={() => onChange(where.filter((_, place) => place !== at))}
          >
            <IconX size={16} stroke={1.5} />
          </ActionIcon>
        </div>
      ))}
      {first && where.length < MAX_PARAMETER_TESTS ? (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />}
          onClick={() => onChange([...where, newTest(first)])}
        >
          Condition
        </Button>
      ) : null}
    </div>
  );
}
