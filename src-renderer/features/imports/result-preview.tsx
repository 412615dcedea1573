import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { PreviewRow } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';
import { type Known, targetLabel } from './targets.ts';
import { type Draft, planOf } from './wizard-state.ts';

const WAIT_MS = 250;

/** The first rows as they would be stored; what cannot be read says why. */
export function ResultPreview({ draft, known }: { draft: Draft; known: Known }) {
  const format = useFormat();
  const plan = useDebounced(JSON.stringify(planOf(draft)), WAIT_MS);
  const [rows, setRows] = useState<PreviewRow[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the plan, which is a text here, changes
  useEffect(() => {
    let isCurrent = true;
    data.actions.previewImport(planOf(draft)).then(
      (found) => {
        if (!isCurrent) return;
        setRows(found);
        setError(null);
      },
      (failure: unknown) => {
        if (isCurrent) setError(failure);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [plan]);

  if (error !== null) return <ErrorState inline title="The rows could not be shown" error={error} />;
  if (rows === null) return <SkeletonRows rows={5} label="Reading the first rows" />;
  const targets = Object.entries(draft.map)
    .filter(([, column]) => draft.info.columns.includes(column))
    .sort((a, b) => draft.info.columns.indexOf(a[1]) - draft.info.columns.indexOf(b[1]))
    .map(([target]) => target);
  const bad = rows.filter(({ rejected }) => rejected !== null).length;
  return (
    <>
      <h2 className={classes.subtitle}>What comes of it</h2>
      <p className={classes.hint} role="status">
        {bad === 0
          ? `The first ${format.counted(rows.length, 'row')} can be read completely or as you chose.`
          : `Of the first ${format.counted(rows.length, 'row')}, ${format.count(bad)} would be left out.`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section className={classes.scroller} aria-label="Rows as they would be stored" tabIndex={0}>
        <table className={classes.sample}>
          <thead>
            <tr>
              <th scope="col" className={classes.line}>
                Line
              </th>
              {targets.map((target) => (
                <th key={target} scope="col">
                  {targetLabel(draft.kind, target, known)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ResultRow key={row.line} row={row} targets={targets} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function ResultRow({ row, targets }: { row: PreviewRow; targets: readonly string[] }) {
  const named = targets.some((target) => row.problems[target] !== undefined);
  return (
    <>
      <tr data-rejected={row.rejected === null ? undefined : true}>
        <td className={classes.line}>{row.line}</td>
        {targets.map((target) => (
          <td
            key={target}
            data-problem={row.problems[target] === undefined ? undefined : true}
            title={row.values[target]}
          >
            {row.values[target]}
          </td>
        ))}
      </tr>
      {row.rejected === null && !named ? null : (
        <tr className={classes.reason}>
          <td />
          <td colSpan={Math.max(1, targets.length)}>
            <IconAlertTriangle size={14} stroke={1.5} aria-hidden />
            {row.rejected === null ? `Without: ${Object.values(row.problems).join('; ')}` : `Left out: ${row.rejected}`}
          </td>
        </tr>
      )}
    </>
  );
}
