import { Alert, Button, Stepper } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useAllFieldSpecs } from '#renderer/parts/field-store.ts';
import { useLists } from '#renderer/parts/list-names.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ImportState, UploadInfo } from '#shared/api/import.schema.ts';
import { CheckStep } from './check-step.tsx';
import { ColumnsStep } from './columns-step.tsx';
import { FormatStep } from './format-step.tsx';
import classes from './imports.module.css';
import { OptionsStep } from './options-step.tsx';
import { type Known, mappingProblem } from './targets.ts';
import { type Draft, newDraft, optionsProblem, planOf, steps, withInfo } from './wizard-state.ts';

const last = steps.length - 1;

/** Format, columns, options, check: then the import begins. Everything decided stays while one goes back and forth. */
export function ImportWizard({ info, onCancel }: { info: UploadInfo; onCancel: () => void }) {
  const format = useFormat();
  const [, navigate] = useLocation();
  const online = useOnline();
  const fields = useAllFieldSpecs();
  const categories = (useLists() ?? []).filter(({ kind }) => kind === 'category');
  const known: Known = { fields, categories };
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft>(() => newDraft(info));
  const [checked, setChecked] = useState<ImportState | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const forward = useRef<HTMLButtonElement>(null);
  // Who agrees with what was guessed goes on by Enter; the last button, which stores, is never pressed by accident.
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every step
  useEffect(() => forward.current?.focus({ preventScroll: true }), [step]);

  const problem = step === 1 ? mappingProblem(draft.kind, draft.map, known) : step === 2 ? optionsProblem(draft) : null;
  const canCheck = mappingProblem(draft.kind, draft.map, known) === null && optionsProblem(draft) === null;
  const change = (next: Draft) => {
    setDraft(next);
    setChecked(null);
  };
  const go = (to: number) => {
    setError(null);
    setChecked(null);
    setStep(to);
  };

  const start = async () => {
    setBusy(true);
    setError(null);
    try {
      const { id } = await data.actions.startImport(planOf(draft));
      navigate(`/imports/${id}`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const lines = checked?.summary ? checked.summary.lines - checked.summary.rejected : 0;

  return (
    <Page
      header={
        <PageHeader
          title={info.fileName}
          parent={{ label: 'Import', href: '/imports' }}
          actions={
            <>
              <Button variant="default" onClick={step === 0 ? onCancel : () => go(step - 1)}>
                {step === 0 ? 'Choose another file' : 'Back'}
              </Button>
              {step < last ? (
                <Button ref={forward} disabled={problem !== null || !online} onClick={() => go(step + 1)}>
                  Continue
                </Button>
              ) : (
                <Button disabled={lines === 0 || !online} loading={busy} onClick={() => void start()}>
                  {lines === 0 ? 'Import' : `Import ${format.counted(lines, 'line')}`}
                </Button>
              )}
            </>
          }
        />
      }
    >
      <Stepper
        active={step}
        onStepClick={go}
        size="xs"
        iconSize={26}
        className={classes.steps}
        aria-label="Steps of the import"
      >
        {steps.map((label, at) => (
          <Stepper.Step
            key={label}
            label={label}
            allowStepSelect={at < step || (at <= step + 1 && at < last) || (at === last && canCheck)}
            aria-current={at === step ? 'step' : undefined}
          />
        ))}
      </Stepper>
      {online ? null : (
        <Alert
          className={classes.problem}
          color="gray"
          role="alert"
          icon={<IconCloudOff size={18} stroke={1.5} />}
          title="The server cannot be reached"
        >
          Imports run on the server. What you chose here stays; go on when the connection is back.
        </Alert>
      )}
      {error === null ? null : (
        <div className={classes.problem}>
          <ErrorState inline title="The import did not start" error={error} />
        </div>
      )}
      {step === 0 ? <FormatStep draft={draft} onInfo={(next) => change(withInfo(draft, next))} /> : null}
      {step === 1 ? <ColumnsStep draft={draft} known={known} onChange={change} /> : null}
      {step === 2 ? <OptionsStep draft={draft} known={known} onChange={change} /> : null}
      {step === 2 && problem !== null ? (
        <Alert className={classes.problem} color="yellow" role="alert">
          {problem}
        </Alert>
      ) : null}
      {step === last ? <CheckStep draft={draft} onChecked={setChecked} /> : null}
    </Page>
  );
}
