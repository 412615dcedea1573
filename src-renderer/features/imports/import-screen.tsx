import { Button, Progress } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { saveFile } from '#renderer/platform/save-file.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Stat, StatRow } from '#renderer/ui/stat.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState } from '#shared/api/import.schema.ts';
import classes from './imports.module.css';
import { summaryWords } from './summary-words.ts';

const POLL_MS = 500;

/** Asks for the import's state until it is finished; goes on asking through a short outage. */
function useImportState(id: string): { state: ImportState | null; error: unknown; retry: () => void } {
  const [state, setState] = useState<ImportState | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks again
  useEffect(() => {
    let timer = 0;
    let closed = false;
    const ask = async () => {
      try {
        const next = await data.actions.getImport(id);
        if (closed) return;
        setState(next);
        setError(null);
        if (next.state !== 'done' && next.state !== 'failed') timer = window.setTimeout(() => void ask(), POLL_MS);
      } catch (failure) {
        if (closed) return;
        setError(failure);
        timer = window.setTimeout(() => void ask(), 4 * POLL_MS);
      }
    };
    void ask();
    return () => {
      closed = true;
      window.clearTimeout(timer);
    };
  }, [id, round]);
  return { state, error, retry: () => setRound(round + 1) };
}

/** One import: progress while it runs, then what it did, in words. */
export function ImportScreen({ id }: { id: string }) {
  const format = useFormat();
  const { state, error, retry } = useImportState(id);
  const running = state !== null && state.state !== 'done' && state.state !== 'failed';
  return (
    <Page
      width="form"
      header={
        <PageHeader
          title={state?.fileName ?? 'Import'}
          parent={{ label: 'Import', href: '/imports' }}
          actions={
            state?.state === 'done' ? (
              <Button component={Link} href="/contacts" leftSection={<IconUsers size={16} stroke={1.5} aria-hidden />}>
                See contacts
              </Button>
            ) : undefined
          }
        />
      }
    >
      {error !== null ? (
        <div className={classes.problem}>
          <ErrorState inline title="The import’s progress could not be asked" error={error} retry={retry} />
        </div>
      ) : null}
      {state === null ? (
        error === null ? (
          <SkeletonRows rows={4} label="Loading the import" />
        ) : null
      ) : running ? (
        <section aria-label="Progress" className={classes.progress}>
          <div className={classes.progressHead}>
            <h2 className={classes.dropTitle}>
              {state.state === 'waiting'
                ? 'Waiting for its turn'
                : state.state === 'reading'
                  ? 'Reading the file'
                  : 'Storing'}
            </h2>
            <span className={classes.hint}>{format.share(state.progress, 1)}</span>
          </div>
          <Progress value={state.progress * 100} aria-label="Import progress" />
          <p className={classes.hint} role="status">
            {format.counted(state.linesRead, 'line')} read. You can go on working; this runs on the server.
          </p>
        </section>
      ) : state.state === 'failed' ? (
        <ErrorState
          inline
          title="The import stopped"
          error={{ code: 'internal', message: state.error ?? 'The server gave no reason; see its log.' }}
        />
      ) : (
        <ImportResult state={state} />
      )}
    </Page>
  );
}

function ImportResult({ state }: { state: ImportState }) {
  const format = useFormat();
  const { summary } = state;
  if (summary === null) return null;
  const seconds =
    state.finishedAt === null ? null : Math.max(1, Math.round((state.finishedAt - state.startedAt) / 1000));
  return (
    <section aria-label="Result">
      <h2 className={classes.dropTitle}>Imported</h2>
      <p className={classes.summary}>{summaryWords(state, format)}</p>
      <StatRow label="Result in numbers">
        <Stat
          label="Lines"
          value={format.count(summary.lines)}
          hint={seconds === null ? undefined : `in ${seconds} s`}
        />
        {state.kind === 'orders' ? <Stat label="Orders" value={format.count(summary.orders)} /> : null}
        <Stat label="Contacts" value={format.count(summary.contacts)} />
        <Stat label={`New ${state.kind}`} value={format.count(summary.created)} />
        <Stat label="Updated" value={format.count(summary.updated)} />
        <Stat
          label="Left out"
          value={format.count(summary.rejected)}
          tone={summary.rejected > 0 ? 'warn' : undefined}
        />
      </StatRow>
      {summary.rejected > 0 ? <RejectsButton id={state.id} fileName={state.fileName} count={summary.rejected} /> : null}
    </section>
  );
}

/** The rejected lines with their reasons, as a file. */
function RejectsButton({ id, fileName, count }: { id: string; fileName: string; count: number }) {
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const answer = await fetch(`/imports/${encodeURIComponent(id)}/rejects.csv`);
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      await saveFile(`${fileName.replace(/\.csv(\.gz)?$/i, '')}-rejects.csv`, await answer.blob());
    } catch (error) {
      notifyError('The rejected lines were not downloaded', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      mt="md"
      variant="default"
      loading={busy}
      leftSection={<IconDownload size={16} stroke={1.5} aria-hidden />}
      onClick={() => void download()}
    >
      Download {format.counted(count, 'rejected line')}
    </Button>
  );
}
