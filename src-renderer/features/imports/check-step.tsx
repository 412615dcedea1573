import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState } from '#shared/api/import.schema.ts';
import { ImportFigures } from './import-figures.tsx';
import { ImportProgress } from './import-progress.tsx';
import classes from './imports.module.css';
import { RejectsButton } from './rejects-button.tsx';
import { isRunning, useImportState } from './use-import-state.ts';
import { type Draft, planOf } from './wizard-state.ts';

/** What the import would do, counted over the whole file before anything is stored. */
export function CheckStep({ draft, onChecked }: { draft: Draft; onChecked: (state: ImportState) => void }) {
  const [id, setId] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a check is begun when the step is opened, and by the button
  useEffect(() => {
    let isCurrent = true;
    setError(null);
    data.actions.checkImport(planOf(draft)).then(
      (started) => {
        if (isCurrent) setId(started.id);
      },
      (failure: unknown) => {
        if (isCurrent) setError(failure);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [round]);
  if (error !== null) {
    return <ErrorState inline title="The file was not checked" error={error} retry={() => setRound(round + 1)} />;
  }
  return id === null ? <SkeletonRows rows={4} label="Checking the file" /> : <Checked id={id} onChecked={onChecked} />;
}

function Checked({ id, onChecked }: { id: string; onChecked: (state: ImportState) => void }) {
  const format = useFormat();
  const { state, error, retry } = useImportState(id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when it is done
  useEffect(() => {
    if (state?.state === 'done') onChecked(state);
  }, [state?.state]);
  if (error !== null) return <ErrorState inline title="The check could not be asked" error={error} retry={retry} />;
  if (state === null) return <SkeletonRows rows={4} label="Checking the file" />;
  if (isRunning(state)) return <ImportProgress state={state} />;
  const { summary } = state;
  if (summary === null) {
    return (
      <ErrorState
        inline
        title="The file was not checked"
        error={{ code: 'internal', message: state.error ?? 'The server gave no reason; see its log.' }}
      />
    );
  }
  const kept = summary.lines - summary.rejected;
  return (
    <section aria-label="What the import would do">
      <h2 className={classes.subtitle}>
        {kept === 0 ? 'No line of the file can be imported' : `Ready: ${format.counted(kept, 'line')} can be imported`}
      </h2>
      <p className={classes.summary}>Nothing is stored yet. This is what the import would do.</p>
      <ImportFigures state={state} summary={summary} />
      {summary.rejected > 0 ? <RejectsButton id={id} fileName={state.fileName} count={summary.rejected} /> : null}
    </section>
  );
}
