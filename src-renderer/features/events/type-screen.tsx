import { Button, Textarea, TextInput } from '@mantine/core';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { eventName } from '#renderer/parts/event-names.ts';
import { typedDoc } from '#renderer/parts/typed-docs.ts';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { keyWords } from '#renderer/ui/format.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { type EventType, eventTypeId, eventTypeSchema } from '#shared/event/event-type.schema.ts';
import { systemEvent } from '#shared/event/system-events.ts';
import classes from './events.module.css';
import { TypeParameters } from './type-parameters.tsx';
import { TypeVolume } from './type-volume.tsx';
import { useMayEditTypes } from './types-screen.tsx';

const parent = { label: 'Events', href: '/events' };

/** One type of event: what happened, what it says, and what its parameters are used for. */
export function TypeScreen({ typeKey }: { typeKey: string }) {
  const id = eventTypeId(typeKey);
  const found = useLive((from) => from.document(id), [id], ['documents:event-type']);
  if (found.value === undefined) {
    return (
      <Page width="wide" header={<PageHeader parent={parent} title={eventName(typeKey)} />}>
        {found.error === null ? (
          <SkeletonRows label="Loading the event type" />
        ) : (
          <ErrorState title="The event type could not be read" error={found.error} retry={found.reload} />
        )}
      </Page>
    );
  }
  const known = typedDoc(eventTypeSchema, found.value);
  if (known && known.body.key !== typeKey) {
    return (
      <Page width="wide" header={<PageHeader parent={parent} title={eventName(typeKey)} />}>
        <EmptyState title="Another type’s name begins alike">
          Settings are kept for one of the types whose first 69 characters are equal. Events of this one are stored as
          they come.
        </EmptyState>
      </Page>
    );
  }
  const empty: EventType = { key: typeKey, parameters: [] };
  const doc: Doc<EventType> = known ?? { id, kind: 'event-type', body: empty, waiting: false, refusal: null };
  return <TypePage key={id} doc={doc} exists={known !== null} />;
}

const problemOf = (body: EventType): string | null => eventTypeSchema.safeParse(body).error?.issues[0]?.message ?? null;

function TypePage({ doc, exists }: { doc: Doc<EventType>; exists: boolean }) {
  const mayEdit = useMayEditTypes();
  const hasRight = useCan('edit');
  const { body, edit, saving, problem } = useAutosave<EventType>(doc, {
    save: (next, base) => data.saveDocument('event-type', doc.id, next, exists ? base : undefined),
    problemOf,
  });
  const system = systemEvent(body.key);
  return (
    <Page
      width="wide"
      header={
        <PageHeader
          parent={parent}
          title={body.name?.trim() || eventName(body.key)}
          status={
            exists || saving ? (
              <SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={problem} />
            ) : undefined
          }
          actions={
            mayEdit ? (
              <Button variant="default" onClick={() => edit({ archived: !body.archived })}>
                {body.archived ? 'Bring back' : 'Archive'}
              </Button>
            ) : null
          }
        >
          <DocTags id={doc.id} kind="event-type" mayEdit={mayEdit} blank={{ key: body.key, parameters: [] }} />
        </PageHeader>
      }
    >
      <div className={classes.type}>
        {body.archived ? (
          <p className={classes.banner} role="note">
            Archived: it is out of sight in the list of types. Its events are stored as before.
          </p>
        ) : null}
        <TypeVolume typeKey={body.key} />
        <section aria-label="About" className={classes.section}>
          <h2 className={classes.heading}>About</h2>
          <ReadOnlyNotice right="edit" />
          {mayEdit || !hasRight ? null : (
            <p className={classes.words}>
              What events say may be personal: somebody who sees personal data describes their types.
            </p>
          )}
          <fieldset className={classes.fieldset} disabled={!mayEdit}>
            <TextInput
              label="Name"
              placeholder={systemEvent(body.key)?.name ?? keyWords(body.key)}
              maxLength={120}
              value={body.name ?? ''}
              onChange={(event) => edit({ name: event.currentTarget.value })}
            />
            <TextInput label="Key, as programs send it" value={body.key} readOnly />
            <Textarea
              className={classes.whole}
              label="Description"
              placeholder={system?.about ?? 'When it happens, and who sends it'}
              autosize
              minRows={2}
              maxLength={1_000}
              value={body.description ?? ''}
              onChange={(event) => edit({ description: event.currentTarget.value })}
            />
          </fieldset>
        </section>
        <TypeParameters body={body} edit={edit} mayEdit={mayEdit} />
      </div>
    </Page>
  );
}
