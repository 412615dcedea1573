import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { EditableBy, ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { SENDER_ID, type Sender, senderSchema } from '#shared/api/settings.schema.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

const blank: Sender = { fromName: '', fromEmail: '', replyTo: '' };

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Who emails come from. Can be edited offline. */
export function SenderSettings() {
  const found = useLive((from) => from.document(SENDER_ID), [], ['documents']);
  if (found.error !== null && found.value === undefined) {
    return <ErrorState title="The sender could not be read" error={found.error} retry={found.reload} />;
  }
  if (found.value === undefined) return null;
  const stored = found.value;
  const doc: Doc<Sender> = {
    id: SENDER_ID,
    kind: 'setting',
    waiting: stored?.waiting ?? false,
    refusal: stored?.refusal ?? null,
    body: stored
      ? {
          fromName: text(stored.body.fromName),
          fromEmail: text(stored.body.fromEmail),
          replyTo: text(stored.body.replyTo),
        }
      : blank,
  };
  return <SenderForm doc={doc} isNew={stored === null} />;
}

type Field = keyof Sender;

function fieldProblem(body: Sender, field: Field): string | null {
  const checked = senderSchema.shape[field].safeParse(body[field].trim());
  return checked.success ? null : (checked.error.issues[0]?.message ?? 'This cannot be used');
}

const trimmed = ({ fromName, fromEmail, replyTo }: Sender): Sender => ({
  fromName: fromName.trim(),
  fromEmail: fromEmail.trim(),
  replyTo: replyTo.trim(),
});

function SenderForm({ doc, isNew }: { doc: Doc<Sender>; isNew: boolean }) {
  const [left, setLeft] = useState<Partial<Record<Field, boolean>>>({});
  const { body, edit, saving, problem } = useAutosave<Sender>(doc, {
    save: (next, base) => data.saveDocument('setting', SENDER_ID, trimmed(next), base),
    problemOf: (next) => {
      const checked = senderSchema.safeParse(trimmed(next));
      return checked.success ? null : (checked.error.issues[0]?.message ?? 'complete the sender');
    },
  });
  const untouched = isNew && !saving && body.fromEmail === '' && body.fromName === '';
  const field = (name: Field) => ({
    value: body[name],
    error: left[name] ? fieldProblem(body, name) : null,
    onChange: (event: { currentTarget: { value: string } }) => edit({ [name]: event.currentTarget.value }),
    onBlur: () => setLeft((old) => ({ ...old, [name]: body[name] !== '' })),
  });
  return (
    <Section
      title="Sender"
      text="The name and address people see on every email of this workspace."
      aside={
        untouched ? null : (
          <SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={saving ? problem : null} />
        )
      }
    >
      <EditableBy right="edit">
        <div className={classes.fields}>
          <TextInput label="From name" placeholder="Anna from Willow & Co" maxLength={120} {...field('fromName')} />
          <TextInput label="From email" type="email" placeholder="hello@example.com" {...field('fromEmail')} />
          <TextInput
            label="Reply-to email"
            type="email"
            description="Leave empty to get replies at the From email."
            {...field('replyTo')}
          />
        </div>
      </EditableBy>
      <ReadOnlyNotice right="edit" />
    </Section>
  );
}
