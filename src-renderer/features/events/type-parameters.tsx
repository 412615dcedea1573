import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import list from '#renderer/ui/list.module.css';
import { notifyError } from '#renderer/ui/notify.ts';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { EventType } from '#shared/event/event-type.schema.ts';
import type { CountedMismatch } from '#shared/event/live-event.schema.ts';
import { slotsOf } from '#shared/event/parameter-slots.ts';
import classes from './events.module.css';
import { ParameterTableRow } from './parameter-table-row.tsx';
import { asColumn, declare, fillField, parameterRows } from './type-rows.ts';
import { type TypeFacts, useTypeFacts } from './use-type-facts.ts';

type Props = {
  body: EventType;
  edit: (change: (old: EventType) => EventType) => void;
  mayEdit: boolean;
};

/** What events of the type say, and what that is used for. */
export function TypeParameters({ body, edit, mayEdit }: Props) {
  const facts = useTypeFacts(body.key);
  const rows = parameterRows(body, facts.parameters);
  const setColumn = (name: string, kind: 'text' | 'number' | null) => {
    const next = asColumn(body, name, kind);
    if (next === null && kind !== null) {
      notifyError('The parameter is no column yet', {
        code: 'invalid_input',
        message: `A type can have ${slotsOf(kind)} columns of this kind. Switch another one off first.`,
      });
      return;
    }
    edit((old) => asColumn(old, name, kind) ?? old);
  };
  return (
    <section aria-label="Parameters" className={classes.section}>
      <h2 className={classes.heading}>Parameters</h2>
      <p className={classes.words}>
        As soon as a parameter is declared, the API refuses events that are not as declared and answers what it expects.
        Events of sites, apps and Segment’s clients are kept as they come, and counted here. A column can be asked for
        in segments, also offline; everybody sees its values.
      </p>
      <Seen facts={facts} />
      {rows.length === 0 ? (
        <EmptyState compact title="No parameters yet">
          {facts.online
            ? 'They are listed here as soon as an event of this type brings some. You can also declare what you expect.'
            : 'What events say is asked of the server. You are offline; you can declare what you expect.'}
        </EmptyState>
      ) : (
        <div className={classes.tableScroll}>
          <table className={`${list.table} ${classes.parameters}`} aria-label="Parameters">
            <colgroup>
              <col style={{ width: '17%' }} />
              <col style={{ width: '13%' }} />
              <col />
              <col style={{ width: 150 }} />
              <col style={{ width: 84 }} />
              <col style={{ width: 124 }} />
              <col style={{ width: 170 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Parameter</th>
                <th scope="col">Came as</th>
                <th scope="col">For example</th>
                <th scope="col">Declared as</th>
                <th scope="col">Required</th>
                <th scope="col">In segments</th>
                <th scope="col">Fills the field</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <ParameterTableRow
                  key={row.name.toLowerCase()}
                  row={row}
                  looked={facts.fresh?.looked ?? null}
                  disabled={!mayEdit}
                  onDeclare={(next) => edit((old) => declare(old, row.name, next))}
                  onColumn={(kind) => setColumn(row.name, kind)}
                  onField={(field) => edit((old) => fillField(old, row.name, field))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mayEdit ? (
        <NewParameter
          taken={new Set(rows.map(({ name }) => name.toLowerCase()))}
          onAdd={(name) => edit((old) => declare(old, name, { required: false, type: null }))}
        />
      ) : null}
      {facts.fresh?.mismatches.length ? <Mismatches counted={facts.fresh.mismatches} /> : null}
    </section>
  );
}

function Seen({ facts }: { facts: TypeFacts }) {
  const format = useFormat();
  if (facts.fresh?.looked) {
    return <p className={classes.dim}>As seen in the {format.counted(facts.fresh.looked, 'event')} that came last.</p>;
  }
  if (facts.online || facts.parameters.length === 0) return null;
  return <p className={classes.dim}>As last seen; examples are shown when you are online.</p>;
}

function NewParameter({ taken, onAdd }: { taken: ReadonlySet<string>; onAdd: (name: string) => void }) {
  const [name, setName] = useState('');
  const wanted = name.trim();
  const isTaken = taken.has(wanted.toLowerCase());
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === '' || isTaken) return;
    onAdd(wanted);
    setName('');
  };
  return (
    <form className={classes.add} onSubmit={add}>
      <TextInput
        aria-label="Name of a parameter"
        placeholder="Name of a parameter"
        maxLength={100}
        value={name}
        error={isTaken ? 'It is listed already' : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={wanted === '' || isTaken}>
        Declare parameter
      </Button>
    </form>
  );
}

function Mismatches({ counted }: { counted: readonly CountedMismatch[] }) {
  const format = useFormat();
  return (
    <div className={classes.mismatches} role="note" aria-label="Not as declared">
      <h3 className={classes.groupName}>Not as declared</h3>
      <ul className={classes.plainList}>
        {counted.map((one) => (
          <li key={`${one.parameter} ${one.given} ${one.refused}`}>
            <code>{one.parameter}</code> {one.given === 'missing' ? 'was missing' : `came as ${one.given}`}:{' '}
            {format.counted(one.count, 'event')} {one.refused ? 'refused' : 'kept all the same'}, last{' '}
            <Time at={one.lastAt} withTime />
          </li>
        ))}
      </ul>
    </div>
  );
}
