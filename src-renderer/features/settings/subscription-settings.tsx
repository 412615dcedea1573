import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import { type Category, categoryId, categorySchema, keyOfName } from '#shared/consent/category.schema.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

const columns: readonly ListColumn[] = [
  { head: 'Name' },
  { head: 'Key', width: 130 },
  { head: 'Tags', width: 170 },
  { head: 'Subscribed', width: 88, number: true },
  { head: 'Left', width: 60, number: true },
  { head: 'Actions', width: 76, unseen: true },
];

/** What people can subscribe to. Can be edited offline. */
export function SubscriptionSettings() {
  const docs = useLive((from) => from.documents('category'), [], ['documents:category']);
  const counts = useLive((from) => from.listCounts(), [], ['columns']);
  const categories = typedDocs(categorySchema, docs.value ?? []).toSorted((a, b) =>
    a.body.name.localeCompare(b.body.name),
  );
  const byTag = useTagFilter(categories, ({ body }) => body);
  return (
    <Section
      title="Subscriptions"
      text="Topics that people choose. A message of a category goes only to those who subscribe to it, and its reader can leave just that. Forms and the API name a category by its key, which never changes."
    >
      <Allowed right="edit">
        <NewCategory taken={new Set(categories.map(({ body }) => body.key))} />
      </Allowed>
      {docs.value === undefined ? (
        docs.error === null ? null : (
          <ErrorState inline title="The categories are not shown" error={docs.error} retry={docs.reload} />
        )
      ) : categories.length === 0 ? (
        <p className={classes.text}>No categories yet: messages go to everybody who gets mail at all.</p>
      ) : (
        <>
          {byTag.control ? <div className={classes.filter}>{byTag.control}</div> : null}
          <ListTable label="Subscription categories" columns={columns}>
            {byTag.shown.map((doc) => (
              <CategoryRow
                key={doc.id}
                doc={doc}
                members={counts.value?.[doc.id]?.members ?? 0}
                left={counts.value?.[doc.id]?.left ?? 0}
              />
            ))}
          </ListTable>
        </>
      )}
    </Section>
  );
}

function CategoryRow({ doc, members, left }: { doc: Doc<Category>; members: number; left: number }) {
  const format = useFormat();
  const mayEdit = useCan('edit');
  const [name, setName] = useState(doc.body.name);
  const [known, setKnown] = useState(doc.body.name);
  // Renamed by somebody else: leaving the input must not bring the old name back.
  if (known !== doc.body.name) {
    setKnown(doc.body.name);
    setName(doc.body.name);
  }
  const rename = async () => {
    const wanted = name.trim();
    if (wanted === '' || wanted === doc.body.name) {
      setName(doc.body.name);
      return;
    }
    try {
      await data.saveDocument('category', doc.id, { ...doc.body, name: wanted }, { ...doc.body });
    } catch (error) {
      setName(doc.body.name);
      notifyError('The category was not renamed', error);
    }
  };
  const remove = async () => {
    const yes = await confirm({
      title: `Delete “${doc.body.name}”?`,
      consequence: `Its list goes with it; ${format.counted(members, 'contact')} who subscribed stay in Muster. Messages of only this category would then reach nobody new.`,
      action: 'Delete category',
      danger: true,
    });
    if (!yes) return;
    try {
      await data.removeDocument(doc.id);
    } catch (error) {
      notifyError('The category was not deleted', error);
    }
  };
  return (
    <tr>
      <td>
        {mayEdit ? (
          <TextInput
            variant="unstyled"
            size="xs"
            aria-label={`Name of ${doc.body.name}`}
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onBlur={() => void rename()}
            onKeyDown={(event) => {
              if (event.key === 'Enter') event.currentTarget.blur();
            }}
          />
        ) : (
          doc.body.name
        )}
      </td>
      <td className={list.dim} title={doc.body.key}>
        {doc.body.key}
      </td>
      <td>
        <DocTags id={doc.id} kind="category" of={doc.body.name} />
      </td>
      <td className={list.number}>
        <Link href={`/lists/${encodeURIComponent(doc.id)}`} className={list.strong}>
          {format.count(members)}
        </Link>
      </td>
      <td className={list.number}>{format.count(left)}</td>
      <td>
        <Allowed right="edit">
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            aria-label={`Delete ${doc.body.name}`}
            onClick={() => void remove()}
          >
            Delete
          </Button>
        </Allowed>
      </td>
    </tr>
  );
}

function NewCategory({ taken }: { taken: ReadonlySet<string> }) {
  const [name, setName] = useState('');
  const key = keyOfName(name, taken);
  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    try {
      const body = { key, name: name.trim(), description: '', createdAt: clock() };
      await data.saveDocument('category', categoryId(key), body);
      setName('');
    } catch (error) {
      notifyError('The category was not made', error);
    }
  };
  return (
    <form className={classes.row} onSubmit={(event) => void make(event)}>
      <TextInput
        className={classes.grow}
        label="Name"
        placeholder="Weekly news"
        description={name.trim() === '' ? 'Readers see it when they choose what to leave.' : `Its key: ${key}`}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" disabled={name.trim() === ''}>
        Add category
      </Button>
    </form>
  );
}
