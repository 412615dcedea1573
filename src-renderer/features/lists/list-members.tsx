import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { sentenceCase } from '#renderer/ui/format.ts';
import list from '#renderer/ui/list.module.css';
import { notifyError } from '#renderer/ui/notify.ts';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import classes from './lists.module.css';

const PAGE = 100;

/** Who is in a list, newest contact first, a page at a time; those chosen can be taken out. */
export function ListMembers({ id, writable }: { id: string; writable: boolean }) {
  const format = useFormat();
  const online = useOnline();
  const mayEdit = useCan('editContacts') && writable;
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState(false);
  const found = useLive(
    (from) =>
      from.contactPage(
        { search: '', rule: { type: 'membership', list: id, op: 'in' }, sort: { key: 'id', descending: true } },
        page * PAGE,
        PAGE,
        `list ${id}`,
      ),
    [id, page],
    ['columns'],
  );
  if (found.value === undefined) {
    if (found.error === null) return <SkeletonRows label="Loading contacts" />;
    return <ErrorState title="The contacts could not be read" error={found.error} retry={found.reload} />;
  }
  const { rows, total } = found.value;
  if (total === 0) {
    return (
      <EmptyState compact title="Nobody is in this list yet">
        {writable
          ? 'Open a contact and choose this list under “Lists”, or name it in an import or an API call.'
          : 'People come in by subscribing: in the app, by a form or by the API.'}
      </EmptyState>
    );
  }
  const remove = async () => {
    setBusy(true);
    try {
      await data.actions.setList({ contactIds: [...chosen], listId: id, member: false });
      setChosen(new Set());
    } catch (error) {
      notifyError('They are still in the list', error);
    }
    setBusy(false);
  };
  const toggle = (contactId: number) => {
    const next = new Set(chosen);
    if (!next.delete(contactId)) next.add(contactId);
    setChosen(next);
  };
  const pages = Math.ceil(total / PAGE);
  // The last ones of the last page were taken out.
  if (page >= pages) setPage(pages - 1);
  return (
    <div className={list.wrap}>
      {chosen.size === 0 ? null : (
        <div className={classes.bar} role="toolbar" aria-label="Chosen contacts">
          {format.counted(chosen.size, 'contact')} chosen
          <Button size="compact-xs" variant="default" loading={busy} disabled={!online} onClick={() => void remove()}>
            Take out of the list
          </Button>
          {online ? null : <span className={list.dim}>Needs the server: you are offline.</span>}
        </div>
      )}
      <table className={list.table} aria-label="Contacts of the list">
        <colgroup>
          {mayEdit ? <col style={{ width: 52 }} /> : null}
          <col />
          <col />
          <col style={{ width: 180 }} />
        </colgroup>
        <thead>
          <tr>
            {mayEdit ? <th scope="col" aria-label="Choose" /> : null}
            <th scope="col">Name</th>
            <th scope="col">Email</th>
            <th scope="col">Email status</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              {mayEdit ? (
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={`Choose ${contactName(row)}`}
                    checked={chosen.has(row.id)}
                    onChange={() => toggle(row.id)}
                  />
                </td>
              ) : null}
              <td>
                <Link href={`/contacts/${row.id}`} className={list.strong}>
                  {contactName(row)}
                </Link>
              </td>
              <td className={list.dim}>{row.email}</td>
              <td className={list.dim}>
                {row.emailStatus === 'none' ? '' : sentenceCase(String(row.emailStatus ?? ''))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {pages < 2 ? null : (
        <div className={classes.bar}>
          <Button size="compact-xs" variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Back
          </Button>
          Page {format.count(page + 1)} of {format.count(pages)}
          <Button size="compact-xs" variant="default" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>
            Next
          </Button>
        </div>
      )}
    </div>
  );
}
