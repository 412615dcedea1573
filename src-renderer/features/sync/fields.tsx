import { VisuallyHidden } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Fragment } from 'react';
import { fieldNames } from '#renderer/parts/document-words.ts';
import type { Names } from '#renderer/parts/field-value.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type JoinedChange, type ValueChange, valueChange } from './recent-words.ts';
import classes from './sync.module.css';

type Props = Pick<JoinedChange, 'kind' | 'values'> & { fields?: readonly string[] };

function FieldChange({ change }: { change: ValueChange }) {
  if ('changed' in change) return <div className={classes.fields}>{`${change.label}: ${change.changed}`}</div>;
  return (
    <div className={classes.fields}>
      {`${change.label}: ${change.before}`}
      {[...change.via, change.after].map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value may come twice; the row is made anew when it changes.
        <Fragment key={at}>
          {' '}
          <IconArrowRight size={12} stroke={1.5} className={classes.arrow} aria-hidden />
          <VisuallyHidden>became</VisuallyHidden>
          {` ${value}`}
        </Fragment>
      ))}
    </div>
  );
}

/** Which fields, with their values before and after where this device knew both. */
export function Fields({ change, names }: { change: Props; names: Names }) {
  const format = useFormat();
  const values = change.values ?? [];
  const others = (change.fields ?? []).filter((field) => !values.some((value) => value.field === field));
  return (
    <>
      {values.map((value) => (
        <FieldChange key={value.field} change={valueChange(change.kind, value, format, names)} />
      ))}
      {others.length === 0 ? null : <div className={classes.fields}>{fieldNames(change.kind, others)}</div>}
    </>
  );
}
