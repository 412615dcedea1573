import { Button } from '@mantine/core';
import { IconArrowBackUp, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState } from '#shared/api/import.schema.ts';
import { ImportFigures } from './import-figures.tsx';
import { ImportProgress } from './import-progress.tsx';
import classes from './imports.module.css';
import { RejectsButton } from './rejects-button.tsx';
import { summaryWords, undoWords } from './summary-words.ts';
import { isRunning, useImportState } from './use-import-state.ts';

/** One import: progress while it runs, then what it did, in words, and the way back. */
export function ImportScreen({ id }: { id: string }) {
  const { state, error, retry } = useImportState(id);
  return (
    <Page
      width="form"
      header={
        <PageHeader
          title={state?.fileName ?? 'Import'}
          parent={{ label: 'Import', href: '/imports' }}
          actions={
            <>
              {state?.canUndo ? <UndoButton state={state} onBegun={retry} /> : null}
              {state?.state === 'done' ? (
                <Button
                  component={Link}
                  href="/contacts"
                  leftSection={<IconUsers size={16} stroke={1.5} aria-hidden />}
                >
                  See contacts
                </Button>
              ) : null}
            </>
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
      ) : isRunning(state) ? (
        <ImportProgress state={state} />
      ) : (
        <Ended state={state} />
      )}
    </Page>
  );
}

function Ended({ state }: { state: ImportState }) {
  return (
    <>
      {state.error === null && state.state !== 'failed' ? null : (
        <div className={classes.problem}>
          <ErrorState
            inline
            title={state.state === 'failed' ? 'The import stopped' : 'It was not taken back'}
            error={{ code: 'internal', message: state.error ?? 'The server gave no reason; see its log.' }}
          />
        </div>
      )}
      {state.state === 'undone' ? <TakenBack state={state} /> : null}
      {state.summary === null ? null : <ImportResult state={state} summary={state.summary} />}
    </>
  );
}

function TakenBack({ state }: { state: ImportState }) {
  const format = useFormat();
  return (
    <section aria-label="Taken back">
      <h2 className={classes.dropTitle}>Taken back</h2>
      <p className={classes.summary}>{state.undo === null ? '' : undoWords(state.undo, format)}</p>
    </section>
  );
}

function ImportResult({ state, summary }: { state: ImportState; summary: NonNullable<ImportState['summary']> }) {
  const format = useFormat();
  return (
    <section aria-label="Result">
      <h2 className={classes.dropTitle}>Imported</h2>
      <p className={classes.summary}>{summaryWords(state, format)}</p>
      <ImportFigures state={state} summary={summary} />
      {summary.rejected > 0 ? <RejectsButton id={state.id} fileName={state.fileName} count={summary.rejected} /> : null}
    </section>
  );
}

function UndoButton({ state, onBegun }: { state: ImportState; onBegun: () => void }) {
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const undo = async () => {
    const { created = 0, updated = 0 } = state.summary ?? {};
    const yes = await confirm({
      title: 'Undo this import?',
      consequence:
        `${format.counted(created, 'new contact')} will be removed and ${format.counted(updated, 'changed contact')} get their ` +
        'former values. What somebody changed since, or what happened to them, stays.',
      action: 'Undo the import',
      danger: true,
    });
    if (!yes) return;
    setBusy(true);
    try {
      await data.actions.undoImport(state.id);
      onBegun();
    } catch (error) {
      notifyError('The import was not taken back', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      loading={busy}
      leftSection={<IconArrowBackUp size={16} stroke={1.5} aria-hidden />}
      onClick={() => void undo()}
    >
      Undo
    </Button>
  );
}
