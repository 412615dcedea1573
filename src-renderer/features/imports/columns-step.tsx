import { Alert, SegmentedControl, Select } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ImportKind } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';
import { ResultPreview } from './result-preview.tsx';
import { assignColumn, type Known, mappingProblem, sampleValues, targetChoices, targetOfColumn } from './targets.ts';
import { type Draft, withKind } from './wizard-state.ts';

/** What each column of the file becomes, and what comes of it. */
export function ColumnsStep({
  draft,
  known,
  onChange,
}: {
  draft: Draft;
  known: Known;
  onChange: (next: Draft) => void;
}) {
  const { info, kind, map } = draft;
  const problem = mappingProblem(kind, map, known);
  const choices = targetChoices(kind, known);
  const hint =
    kind === 'orders' ? 'One row per order line; rows of one order are put together.' : 'One row per contact.';
  const source = info.remembered
    ? ' The columns are as in your last file of this kind.'
    : info.origin
      ? ` This looks like an export of ${info.origin.name}.`
      : '';
  return (
    <>
      <div className={classes.kind}>
        <SegmentedControl
          aria-label="What the file holds"
          data={[
            { value: 'contacts', label: 'Contacts' },
            { value: 'orders', label: 'Orders' },
          ]}
          value={kind}
          onChange={(next) => {
            const chosen: ImportKind = next === 'orders' ? 'orders' : 'contacts';
            onChange(withKind(draft, chosen));
          }}
        />
        <p className={classes.hint}>
          {hint}
          {source}
        </p>
      </div>
      {problem === null ? null : (
        <Alert
          className={classes.problem}
          color="yellow"
          icon={<IconAlertTriangle size={18} stroke={1.5} />}
          role="alert"
        >
          {problem}
        </Alert>
      )}
      <table className={classes.mapping} aria-label="Columns of the file">
        <colgroup>
          <col style={{ width: '24%' }} />
          <col />
          <col style={{ width: 260 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">First values</th>
            <th scope="col">Becomes</th>
          </tr>
        </thead>
        <tbody>
          {info.columns.map((column) => (
            <tr key={column}>
              <td className={classes.name} title={column}>
                {column}
              </td>
              <td className={classes.samples}>{sampleValues(info, column, 4).join(' · ')}</td>
              <td>
                <Select
                  aria-label={`${column} becomes`}
                  data={choices}
                  value={targetOfColumn(map, column)}
                  searchable
                  clearable
                  clearButtonProps={{ 'aria-label': `Do not import ${column}` }}
                  placeholder="Not imported"
                  nothingFoundMessage="There is no such field"
                  onChange={(target) => onChange({ ...draft, map: assignColumn(map, column, target) })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {problem === null ? <ResultPreview draft={draft} known={known} /> : null}
    </>
  );
}
