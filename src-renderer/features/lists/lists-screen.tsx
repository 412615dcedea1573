import { Button, TextInput } from '@mantine/core';
import { IconListCheck, IconPlus } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { useLiveLists } from '#renderer/parts/list-names.ts';
import { ListPage } from '#renderer/parts/list-page.tsx';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { clock } from '#renderer/ui/use-now.ts';
import classes from './lists.module.css';

const columns: readonly ListColumn[] = [
  { head: 'Name' },
  { head: 'Filled by', width: 220 },
  { head: 'Contacts', width: 120, number: true },
];

/** Every list, those of subscription categories among them. */
export function ListsScreen() {
  const format = useFormat();
  const found = useLiveLists();
  const counts = useLive((from) => from.listCounts(), [], ['columns']);
  return (
    <ListPage
      title="Lists"
      one="list"
      items={found.value}
      error={found.error}
      retry={found.reload}
      bodyOf={(one) => one}
      textOf={({ name }) => name}
      actions={
        <Allowed right="edit">
          <NewList />
        </Allowed>
      }
      empty={
        <EmptyState icon={<IconListCheck size={24} stroke={1.5} />} title="Keep people together by name">
          A list holds whom you put into it: from a contact’s card, a file, a form or the API. Whom a rule finds belongs
          into a segment instead.
        </EmptyState>
      }
    >
      {(shown) => (
        <ListTable label="Lists" columns={columns}>
          {shown.map(({ id, name, kind, tags }) => (
            <tr key={id}>
              <NameCell href={`/lists/${encodeURIComponent(id)}`} name={name} tags={tags} />
              <td className={list.dim}>
                {kind === 'category' ? <span className={classes.protected}>Subscription</span> : 'You'}
              </td>
              <td className={list.number}>{counts.value ? format.count(counts.value[id]?.members ?? 0) : ''}</td>
            </tr>
          ))}
        </ListTable>
      )}
    </ListPage>
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
