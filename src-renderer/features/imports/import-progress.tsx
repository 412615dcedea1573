import { Progress } from '@mantine/core';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';

function titleOf({ state, purpose }: ImportState): string {
  if (state === 'waiting') return 'Waiting for its turn';
  if (state === 'undoing') return 'Taking it back';
  if (state === 'reading') return 'Reading the file';
  return purpose === 'check' ? 'Comparing with your contacts' : 'Storing';
}

/** How far an import, its check or its undo is. */
export function ImportProgress({ state }: { state: ImportState }) {
  const format = useFormat();
  return (
    <section aria-label="Progress" className={classes.progress}>
      <div className={classes.progressHead}>
        <h2 className={classes.dropTitle}>{titleOf(state)}</h2>
        <span className={classes.hint}>{format.share(state.progress, 1)}</span>
      </div>
      <Progress value={state.progress * 100} aria-label="Import progress" />
      <p className={classes.hint} role="status">
        {state.state === 'undoing' ? '' : `${format.counted(state.linesRead, 'line')} read. `}
        You can go on working; this runs on the server.
      </p>
    </section>
  );
}
