import { Button, TextInput } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed, EditableBy } from '#renderer/parts/allowed.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { typedDoc } from '#renderer/parts/typed-docs.ts';
import { useAutosave } from '#renderer/parts/use-autosave.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { NameField } from '#renderer/ui/name-field.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { type Category, categorySchema, isCategoryId } from '#shared/consent/category.schema.ts';
import { type List, listSchema } from '#shared/consent/list.schema.ts';
import { ListMembers } from './list-members.tsx';
import classes from './lists.module.css';

const parent = { label: 'Lists', href: '/lists' };

/** One list and who is in it. */
export function ListScreen({ id }: { id: string }) {
  const found = useLive((from) => from.document(id), [id], ['documents']);
  if (found.value === undefined) {
    return (
      <Page width="fill" header={<PageHeader parent={parent} title="" />}>
        {found.error === null ? (
          <SkeletonRows label="Loading the list" />
        ) : (
          <ErrorState title="The list could not be read" error={found.error} retry={found.reload} />
        )}
      </Page>
    );
  }
  const category = isCategoryId(id) ? typedDoc(categorySchema, found.value) : null;
  if (category) return <CategoryList doc={category} />;
  const list = found.value?.kind === 'list' ? typedDoc(listSchema, found.value) : null;
  if (list) return <OwnList doc={list} />;
  return (
    <Page width="fill" header={<PageHeader parent={parent} title="List" />}>
      <EmptyState title="This list is not here">It may have been deleted, or it has not arrived yet.</EmptyState>
    </Page>
  );
}

function CategoryList({ doc }: { doc: Doc<Category> }) {
  return (
    <Page
      width="fill"
      header={
        <PageHeader parent={parent} title={doc.body.name}>
          <DocTags id={doc.id} kind="category" />
        </PageHeader>
      }
    >
      <p className={classes.note}>
        Who subscribes to “{doc.body.name}”. This list lives and is named with its category, under{' '}
        <Link href="/settings/subscriptions">Subscriptions</Link>.
      </p>
      <ListMembers id={doc.id} writable={false} />
    </Page>
  );
}

function OwnList({ doc }: { doc: Doc<List> }) {
  const format = useFormat();
  const [, navigate] = useLocation();
  const counts = useLive((from) => from.listCounts(), [], ['columns']);
  const { body, edit, saving, problem } = useAutosave<List>(doc, {
    save: (next, base) => data.saveDocument('list', doc.id, next, base),
    problemOf: (next) => {
      const checked = listSchema.safeParse(next);
      return checked.success ? null : (checked.error.issues[0]?.message ?? 'it cannot be stored');
    },
  });
  const remove = async () => {
    const members = counts.value?.[doc.id]?.members ?? 0;
    const yes = await confirm({
      title: `Delete the list “${body.name}”?`,
      consequence:
        members === 0
          ? 'Nobody is in it.'
          : `${format.counted(members, 'contact')} stay in Muster; only that they were in this list is forgotten.`,
      action: 'Delete list',
      danger: true,
    });
    if (!yes) return;
    try {
      await data.removeDocument(doc.id);
      navigate('/lists');
    } catch (error) {
      notifyError('The list was not deleted', error);
    }
  };
  return (
    <Page
      width="fill"
      header={
        <PageHeader
          parent={parent}
          title={body.name.trim() === '' ? 'Untitled list' : body.name}
          status={<SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={problem} />}
          actions={
            <Allowed right="edit">
              <Button variant="default" onClick={() => void remove()}>
                Delete list
              </Button>
            </Allowed>
          }
        >
          <DocTags id={doc.id} kind="list" />
        </PageHeader>
      }
    >
      <EditableBy right="edit">
        <div className={classes.fields}>
          <NameField value={body.name} missing="Give the list a name" onChange={(name) => edit({ name })} />
          <TextInput
            label="Description"
            placeholder="What it is for"
            maxLength={500}
            value={body.description}
            onChange={(event) => edit({ description: event.currentTarget.value })}
          />
        </div>
      </EditableBy>
      <ListMembers id={doc.id} writable />
    </Page>
  );
}
