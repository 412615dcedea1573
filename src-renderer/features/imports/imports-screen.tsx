import { Button, FileButton, Loader } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { type DragEvent, useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { useOnline } from '#renderer/parts/use-online.ts';
import { takeOpenedFile, useOpenedFile } from '#renderer/platform/open-file.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import type { UploadInfo } from '#shared/api/import.schema.ts';
import { ImportHistory } from './import-history.tsx';
import { ImportWizard } from './import-wizard.tsx';
import classes from './imports.module.css';

type Step =
  | { step: 'choose'; error: unknown }
  | { step: 'uploading'; fileName: string }
  | { step: 'mapping'; info: UploadInfo };

const parent = { label: 'Contacts', href: '/contacts' };

/** Choose a file; the wizard does the rest. Earlier imports below. */
export function ImportsScreen() {
  const online = useOnline();
  const [state, setState] = useState<Step>({ step: 'choose', error: null });
  const take = async (file: File | null | undefined) => {
    if (!file) return;
    setState({ step: 'uploading', fileName: file.name });
    try {
      setState({ step: 'mapping', info: await data.actions.upload(file, file.name) });
    } catch (error) {
      setState({ step: 'choose', error });
    }
  };

  const opened = useOpenedFile((found) => found.file);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a file is taken when it comes, not when the screen is drawn again
  useEffect(() => {
    if (opened) void take(takeOpenedFile());
  }, [opened]);

  if (state.step === 'mapping') {
    return (
      <ImportWizard key={state.info.id} info={state.info} onCancel={() => setState({ step: 'choose', error: null })} />
    );
  }
  return (
    <Page width="form" header={<PageHeader title="Import" parent={parent} />}>
      {state.step === 'choose' && state.error !== null ? (
        <div className={classes.problem}>
          <ErrorState inline title="The file was not read" error={state.error} />
        </div>
      ) : null}
      {online ? null : (
        <div className={classes.problem}>
          <ErrorState
            inline
            title="Imports need the server"
            error={{ code: 'offline', message: 'It cannot be reached right now. Files are read and stored there.' }}
          />
        </div>
      )}
      <DropZone
        disabled={!online}
        uploading={state.step === 'uploading' ? state.fileName : null}
        onFile={(file) => void take(file)}
      />
      <ImportHistory />
    </Page>
  );
}

function DropZone({
  uploading,
  disabled,
  onFile,
}: {
  uploading: string | null;
  disabled: boolean;
  onFile: (file: File | null) => void;
}) {
  const [over, setOver] = useState(false);
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(inside);
  };
  return (
    <section
      aria-label="File to import"
      className={classes.drop}
      data-over={over || undefined}
      onDragEnter={drag(true)}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event);
        onFile(event.dataTransfer.files[0] ?? null);
      }}
    >
      {uploading === null ? (
        <>
          <IconFileImport size={28} stroke={1.25} aria-hidden className={classes.dropIcon} />
          <h2 className={classes.dropTitle}>Drop a file here</h2>
          <p className={classes.dropText}>
            A list of contacts, or a shop’s orders with one row per order line: <code>.csv</code>, <code>.tsv</code>,{' '}
            <code>.csv.gz</code> of any encoding, or an Excel workbook (<code>.xlsx</code>) of up to 100 MB. You see
            what it would do before anything is stored; no import sends anything.
          </p>
          <div className={classes.dropActions}>
            <FileButton
              disabled={disabled}
              onChange={onFile}
              accept=".csv,.gz,.tsv,.txt,.xlsx,text/csv,application/gzip"
              inputProps={{ 'aria-label': 'Choose a file' }}
            >
              {(props) => (
                <Button {...props} disabled={disabled}>
                  Choose a file
                </Button>
              )}
            </FileButton>
            <LoadDemoButton />
          </div>
        </>
      ) : (
        <>
          <Loader size="sm" aria-hidden />
          <p className={classes.dropText} role="status">
            Reading {uploading}…
          </p>
        </>
      )}
    </section>
  );
}
