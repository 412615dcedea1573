import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { StatusDot, type Tone } from '#renderer/ui/status-dot.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';

const states: Record<ImportState['state'], { tone: Tone; words: string }> = {
  waiting: { tone: 'neutral', words: 'Waiting' },
  reading: { tone: 'accent', words: 'Reading' },
  applying: { tone: 'accent', words: 'Storing' },
  done: { tone: 'ok', words: 'Done' },
  failed: { tone: 'bad', words: 'Stopped' },
  undoing: { tone: 'accent', words: 'Taking back' },
  undone: { tone: 'neutral', words: 'Taken back' },
};

const columns: readonly ListColumn[] = [
  { head: 'File' },
  { head: 'State', width: 110 },
  { head: 'Lines', width: 110, number: true },
  { head: 'Left out', width: 110, number: true },
  { head: 'Started', width: 150 },
];

/** Earlier imports, newest first. They live on the server. */
export function ImportHistory() {
  const format = useFormat();
  const imports = useLive(() => data.actions.listImports(), [], ['status', 'columns']);
  if (imports.value === undefined) {
    return imports.error === null ? null : (
      <div className={classes.history}>
        <ErrorState inline title="Earlier imports are not shown" error={imports.error} retry={imports.reload} />
      </div>
    );
  }
  if (imports.value.length === 0) return null;
  return (
    <section className={classes.history} aria-label="Earlier imports">
      <h2 className={classes.dropTitle}>Earlier imports</h2>
      <ListTable label="Earlier imports" columns={columns}>
        {imports.value.map((one) => (
          <tr key={one.id}>
            <NameCell href={`/imports/${one.id}`} name={one.fileName} />
            <td>
              <StatusDot tone={states[one.state].tone}>{states[one.state].words}</StatusDot>
            </td>
            <td className={list.number}>{format.count(one.summary?.lines ?? one.linesRead)}</td>
            <td className={list.number}>
              {one.summary && one.summary.rejected > 0 ? format.count(one.summary.rejected) : ''}
            </td>
            <td className={list.dim}>
              <Time at={one.startedAt} withTime />
            </td>
          </tr>
        ))}
      </ListTable>
    </section>
  );
}
