import { SegmentedControl, TextInput } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useSession } from '#renderer/data/hooks.ts';
import { EditableBy, ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { PublishBar } from '#renderer/parts/publish-bar.tsx';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useUses } from '#renderer/parts/use-uses.ts';
import { CodeEditor, type CodeEditorHandle, type CodeProblem } from '#renderer/ui/code-editor.tsx';
import { confirm } from '#renderer/ui/confirm.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import type { Sender } from '#shared/api/settings.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';
import { contentOf, hasDraftContent, type Message, messageSchema } from '#shared/message/message.schema.ts';
import { ChecksPanel } from './checks-panel.tsx';
import { ContactPicker } from './contact-picker.tsx';
import classes from './editor.module.css';
import { type Format, type Kept, switchFormat } from './format-switch.ts';
import { InsertVariable } from './insert-variable.tsx';
import { MessageActions } from './message-actions.tsx';
import { MessageCategories } from './message-categories.tsx';
import { type Mend, type Part, senderChecks, variables } from './message-checks.ts';
import { MessageDifference } from './message-difference.tsx';
import { PreviewPane } from './preview-pane.tsx';
import { usePreview } from './use-preview.ts';
import { useSampleContact } from './use-sample-contact.ts';

const suggestions = variables.map(({ text, label }) => ({ text, detail: label }));
const formats = [
  { value: 'mjml', label: 'MJML' },
  { value: 'html', label: 'HTML' },
] as const;

const JUST_MADE_MS = 5000;

function problemOf(message: Message): string | null {
  const read = messageSchema.safeParse(message);
  return read.success ? null : (read.error.issues[0]?.message ?? 'it cannot be stored');
}

/**
 * What campaigns send once the draft is `next`. A message that was never published is sent as it stands; from the first
 * edit on while a campaign waits to send it, the campaign keeps what it had until somebody publishes.
 */
function liveOf({ message, inUse }: { message: Message; inUse: boolean }, next: Message): Message['live'] {
  if (message.live !== null || !inUse || equalJson(contentOf(message), contentOf(next))) return message.live;
  return { ...contentOf(message), publishedAt: clock(), publishedBy: null };
}

/** In the text a reader sees, so that a variable inserted without a look at the cursor lands in a sensible place. */
function firstTextAt(source: string): number {
  const output = source.search(/\{\{[^{}]*\}\}/);
  if (output >= 0) return source.indexOf('}}', output) + 2;
  return Math.max(0, source.search(/<\/(?:mj-text|p|body)>/i));
}

/** Source at the left, the mail as one contact gets it at the right; everything is stored while typing. */
export function MessageEditor({ doc, sender }: { doc: Doc<Message>; sender: Sender | null }) {
  const uses = useUses('messageId', doc.id);
  // Typing never changes what is published, whoever publishes meanwhile.
  const stored = useRef({ message: doc.body, inUse: false });
  stored.current = { message: doc.body, inUse: uses.some(({ open }) => open) };
  const save = useCallback(
    (body: Message, base: Message) => {
      const { live: published } = stored.current.message;
      const next = { ...body, live: liveOf(stored.current, body) };
      return data.saveDocument('message', doc.id, next, { ...base, live: published });
    },
    [doc.id],
  );
  const { body, edit, saving, problem, flush } = useAutosave(doc, { save, problemOf });
  const session = useSession();
  const mayEdit = useCan('edit');
  const { live } = doc.body;
  const publish = async () => {
    await flush();
    const publishedBy = session.state === 'signedIn' ? session.user.id : null;
    const published = { ...contentOf(body), publishedAt: clock(), publishedBy };
    await data.saveDocument('message', doc.id, { ...body, live: published }, { ...body, live });
  };
  const sample = useSampleContact();
  const preview = usePreview(body, sample.contact);
  const editor = useRef<CodeEditorHandle>(null);
  const name = useRef<HTMLInputElement>(null);
  const { createdAt } = doc.body;
  useEffect(() => {
    // A message that was made just now wants a name first.
    if (clock() - createdAt < JUST_MADE_MS) name.current?.select();
  }, [createdAt]);
  const fields = useRef<Record<'subject' | 'preheader', HTMLInputElement | null>>({ subject: null, preheader: null });
  const lastPart = useRef<Part>('source');
  const [kept, setKept] = useState<Kept>(null);

  const problems = useMemo(
    () =>
      preview.checks
        .filter(({ part, line }) => part === 'source' && line !== null)
        .map(({ line, message, severity }): CodeProblem => ({ line, message, severity })),
    [preview.checks],
  );

  const changeFormat = async (format: Format) => {
    if (format === body.format) return;
    const { source, question } = switchFormat(body, preview.compiled?.html ?? null, kept);
    if (question && !(await confirm({ ...question, danger: true }))) return;
    setKept({ format: body.format, source: body.source, became: source });
    edit({ format, source });
  };

  const go = (part: Part, line: number | null) => {
    if (part === 'source') editor.current?.goToLine(line ?? 1);
    else fields.current[part]?.focus();
  };
  /** Into the field somebody was in last, at its cursor. */
  const insert = (text: string) => {
    const part = lastPart.current;
    if (part === 'source') {
      editor.current?.insert(text);
      return;
    }
    const field = fields.current[part];
    const at = field?.selectionStart ?? body[part].length;
    edit({ [part]: body[part].slice(0, at) + text + body[part].slice(field?.selectionEnd ?? at) });
    field?.focus();
  };
  const mend = ({ apply }: Mend) => edit((old) => ({ ...old, ...apply(old) }));

  return (
    <Page
      width="fill"
      header={
        <PageHeader
          parent={{ label: 'Messages', href: '/messages' }}
          title={body.name.trim() === '' ? 'Untitled message' : body.name}
          status={<SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={problem} />}
          actions={<MessageActions doc={doc} message={body} contact={sample.contact} flush={flush} />}
        >
          <DocTags id={doc.id} kind="message" />
        </PageHeader>
      }
    >
      <ReadOnlyNotice right="edit" />
      {live !== null && hasDraftContent({ ...body, live }) ? (
        <PublishBar
          what="message"
          name={body.name}
          uses={uses}
          problem={problem}
          difference={() => <MessageDifference live={live} draft={body} />}
          publish={publish}
          discard={() => edit(contentOf(live))}
        />
      ) : null}
      <EditableBy right="edit">
        <div className={classes.fields}>
          <TextInput
            label="Name"
            maxLength={120}
            ref={name}
            value={body.name}
            error={body.name.trim() === '' ? 'Give the message a name' : null}
            onChange={(event) => edit({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Subject"
            maxLength={500}
            value={body.subject}
            onFocus={() => {
              lastPart.current = 'subject';
            }}
            onChange={(event) => edit({ subject: event.currentTarget.value })}
            ref={(element) => {
              fields.current.subject = element;
            }}
          />
          <TextInput
            label="Preheader"
            placeholder="Shown after the subject in the inbox"
            maxLength={500}
            value={body.preheader}
            onFocus={() => {
              lastPart.current = 'preheader';
            }}
            onChange={(event) => edit({ preheader: event.currentTarget.value })}
            ref={(element) => {
              fields.current.preheader = element;
            }}
          />
          <MessageCategories value={body.categories ?? []} onChange={(categories) => edit({ categories })} />
        </div>
      </EditableBy>
      <div className={classes.split}>
        <section className={classes.pane} aria-label="Source">
          <EditableBy right="edit">
            <div className={classes.bar}>
              <SegmentedControl
                aria-label="Format"
                data={[...formats]}
                value={body.format}
                onChange={(value) => {
                  const format = formats.find((known) => known.value === value)?.value;
                  if (format) void changeFormat(format);
                }}
              />
              <InsertVariable onInsert={insert} />
            </div>
          </EditableBy>
          <div className={classes.source}>
            <CodeEditor
              label={body.format === 'mjml' ? 'MJML source' : 'HTML source'}
              value={body.source}
              onChange={(source) => edit({ source })}
              problems={problems}
              suggestions={suggestions}
              handle={editor}
              readOnly={!mayEdit}
              onFocus={() => {
                lastPart.current = 'source';
              }}
              cursor={firstTextAt(body.source)}
            />
          </div>
          <ChecksPanel
            checks={[...senderChecks(sender), ...preview.checks]}
            links={preview.links}
            onGo={go}
            onMend={mend}
          />
        </section>
        <PreviewPane
          preview={preview}
          subject={body.subject}
          sender={sender ? { name: sender.fromName, email: sender.fromEmail } : null}
          contactPicker={<ContactPicker sample={sample} />}
        />
      </div>
    </Page>
  );
}
