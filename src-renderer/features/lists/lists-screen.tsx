import { Button, TextInput } from '@mantine/core';
import { IconListCheck, IconPlus } from '@tabler/icons-react';
import { type FormEvent, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { useLiveLists } from '#renderer/parts/list-names.ts';
import { TagChips } from '#renderer/parts/tag-chips.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { notifyError } from '#renderer/ui/notify.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import classes from './lists.module.css';

/** Every list, those of subscription categories among them. */
export function ListsScreen() {
  const format = useFormat();
  const found = useLiveLists();
  const lists = found.value;
  const byTag = useTagFilter(useMemo(() => lists ?? [], [lists]));
  const counts = useLive((from) => from.listCounts(), [], ['columns']);
  return (
    <Page
      width="fill"
      header={
        <PageHeader
          title="Lists"
          count={lists?.length ? format.count(lists.length) : undefined}
          actions={
            <Allowed right="edit">
              <NewList />
            </Allowed>
          }
        >
          {byTag.control}
        </PageHeader>
      }
    >
      {found.error !== null && lists === undefined ? (
        <ErrorState title="The lists could not be read" error={found.error} retry={found.reload} />
      ) : lists === undefined ? (
        <SkeletonRows label="Loading lists" />
      ) : lists.length === 0 ? (
        <EmptyState icon={<IconListCheck size={24} stroke={1.5} />} title="Keep people together by name">
          A list holds whom you put into it: from a contact’s card, a file, a form or the API. Whom a rule finds belongs
          into a segment instead.
        </EmptyState>
      ) : (
        <div className={list.wrap}>
          <table className={list.table} aria-label="Lists">
            <colgroup>
              <col />
              <col style={{ width: 220 }} />
              <col style={{ width: 120 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Filled by</th>
                <th scope="col" className={list.number}>
                  Contacts
                </th>
              </tr>
            </thead>
            <tbody>
              {lists.filter(byTag.passes).map(({ id, name, kind, tags }) => (
                <tr key={id}>
                  <td>
                    <Link href={`/lists/${encodeURIComponent(id)}`} className={list.strong} title={name}>
                      {name}
                    </Link>{' '}
                    <TagChips tags={tags} />
                  </td>
                  <td className={list.dim}>
                    {kind === 'category' ? <span className={classes.protected}>Subscription</span> : 'You'}
                  </td>
                  <td className={list.number}>{counts.value ? format.count(counts.value[id]?.members ?? 0) : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

function NewList() {
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    try {
      const id = await data.saveDocument('list', null, { name: name.trim(), description: '', createdAt: clock() });
      setName('');
      navigate(`/lists/${id}`);
    } catch (error) {
      notifyError('The list was not made', error);
    }
  };
  return (
    <form className={classes.make} onSubmit={(event) => void make(event)}>
      <TextInput
        aria-label="Name of the new list"
        placeholder="Name of a new list"
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" disabled={name.trim() === ''} leftSection={<IconPlus size={16} stroke={1.5} aria-hidden />}>
        New list
      </Button>
    </form>
  );
}
