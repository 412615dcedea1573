import { Stat, StatRow } from '#renderer/ui/stat.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState, ImportSummary } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';
import { noticesOf } from './summary-words.ts';

/** What an import did, or would do, in numbers. */
export function ImportFigures({ state, summary }: { state: ImportState; summary: ImportSummary }) {
  const format = useFormat();
  const { kind, purpose } = state;
  const seconds =
    state.finishedAt === null ? null : Math.max(1, Math.round((state.finishedAt - state.startedAt) / 1000));
  const notices = noticesOf(state, format);
  return (
    <>
      <StatRow label="Result in numbers">
        <Stat
          label="Lines"
          value={format.count(summary.lines)}
          hint={seconds === null || purpose === 'check' ? undefined : `in ${seconds} s`}
        />
        {kind === 'orders' ? <Stat label="Orders" value={format.count(summary.orders)} /> : null}
        <Stat
          label={`New ${kind}`}
          value={format.count(summary.created)}
          tone={summary.created > 0 ? 'ok' : undefined}
        />
        <Stat label="Changed" value={format.count(summary.updated)} />
        <Stat label="Unchanged" value={format.count(summary.unchanged)} />
        <Stat
          label="Left out"
          value={format.count(summary.rejected)}
          tone={summary.rejected > 0 ? 'warn' : undefined}
        />
      </StatRow>
      {notices.length === 0 ? null : (
        <ul className={classes.notices}>
          {notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
    </>
  );
}
