import { Switch, Textarea, TextInput } from '@mantine/core';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { EditableBy, ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { useSendingStatus } from '#renderer/parts/sending-status.ts';
import { sleepingLinks } from '#renderer/parts/sleeping-server.ts';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { defaultOptIn, OPT_IN_DAYS, OPT_IN_ID, type OptIn, optInSchema } from '#shared/consent/opt-in.schema.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** Whether who signs up by a form is asked by email first, and in which words. Can be edited offline. */
export function OptInSettings() {
  const found = useLive((from) => from.document(OPT_IN_ID), [], ['documents']);
  if (found.error !== null && found.value === undefined) {
    return <ErrorState title="The confirmation could not be read" error={found.error} retry={found.reload} />;
  }
  if (found.value === undefined) return null;
  const stored = found.value;
  const doc: Doc<OptIn> = {
    id: OPT_IN_ID,
    kind: 'setting',
    waiting: stored?.waiting ?? false,
    refusal: stored?.refusal ?? null,
    body: optInSchema.safeParse(stored?.body).data ?? defaultOptIn,
  };
  return <OptInForm doc={doc} isNew={stored === null} />;
}

const problemOf = (body: OptIn): string | null => optInSchema.safeParse(body).error?.issues[0]?.message ?? null;

function fieldProblem(body: OptIn, field: 'subject' | 'text'): string | null {
  return optInSchema.shape[field].safeParse(body[field]).error?.issues[0]?.message ?? null;
}

function OptInForm({ doc, isNew }: { doc: Doc<OptIn>; isNew: boolean }) {
  const { body, edit, saving, problem } = useAutosave<OptIn>(doc, {
    save: (next, base) => data.saveDocument('setting', OPT_IN_ID, optInSchema.parse(next), base),
    problemOf,
  });
  const asleep = sleepingLinks(useSendingStatus().status);
  const field = (name: 'subject' | 'text') => ({
    value: body[name],
    error: fieldProblem(body, name),
    onChange: (event: { currentTarget: { value: string } }) => edit({ [name]: event.currentTarget.value }),
  });
  return (
    <Section
      title="Confirmation by email"
      text={`Who signs up by a form is first asked by email whether it was them. Until they press the link nothing else is sent to them; a link works once, for ${OPT_IN_DAYS} days. Who left or marked an email as spam comes back only this way.`}
      aside={
        isNew && !saving ? null : (
          <SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={saving ? problem : null} />
        )
      }
    >
      <EditableBy right="edit">
        <div className={classes.fields}>
          <Switch
            label="Ask for a confirmation"
            checked={body.on}
            onChange={(event) => edit({ on: event.currentTarget.checked })}
          />
          {body.on ? (
            <>
              {asleep === null ? null : <StatusDot tone="warn">{asleep}</StatusDot>}
              <TextInput label="Subject" maxLength={200} {...field('subject')} />
              <Textarea
                label="Text"
                description="The button to confirm follows by itself. Each wording is kept, and named in the consent history."
                autosize
                minRows={4}
                maxRows={12}
                maxLength={5_000}
                {...field('text')}
              />
            </>
          ) : null}
        </div>
      </EditableBy>
      <ReadOnlyNotice right="edit" />
    </Section>
  );
}
