import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { DeletedContact } from '#shared/contact/duplicate.schema.ts';

/** As many as the server lists. */
const LISTED = 200;

const nameOf = ({ firstName, lastName, email, phone, externalCustomerId, id }: DeletedContact): string =>
  [firstName, lastName].filter((part) => part !== null).join(' ') ||
  (email ?? phone ?? externalCustomerId ?? `Contact ${id}`);

/** Contacts that were deleted, the last first, each with its way back. */
export function DeletedScreen() {
  const format = useFormat();
  const online = useOnline();
  const mayRestore = useCan('editContacts');
  const [found, setFound] = useState<DeletedContact[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<number | null>(null);
  const load = useCallback(async () => {
    try {
      setFound(await data.actions.deletedContacts());
      setError(null);
    } catch (failure) {
      setError(failure);
    }
  }, []);
  useEffect(() => {
    if (online) void load();
  }, [online, load]);

  const restore = async (contact: DeletedContact) => {
    setBusy(contact.id);
    try {
      await data.actions.restoreContact(contact.id);
      notifyDone(`${nameOf(contact)} is back.`);
      await load();
    } catch (failure) {
      notifyError('The contact was not restored', failure);
    }
    setBusy(null);
  };

  return (
    <Page
      width="fill"
      header={
        <PageHeader
          parent={{ label: 'Contacts', href: '/contacts' }}
          title="Deleted contacts"
          count={
            found?.length ? (found.length >= LISTED ? `the latest ${LISTED}` : format.count(found.length)) : undefined
          }
        />
      }
    >
      {!online && found === null ? (
        <EmptyState icon={<IconTrash size={24} stroke={1.5} />} title="Deleted contacts are on the server">
          They are listed here as soon as it is there again.
        </EmptyState>
      ) : error !== null && found === null ? (
        <ErrorState title="The deleted contacts could not be read" error={error} retry={() => void load()} />
      ) : found === null ? (
        <SkeletonRows label="Loading the deleted contacts" />
      ) : found.length === 0 ? (
        <EmptyState icon={<IconTrash size={24} stroke={1.5} />} title="Nobody is deleted">
          Whom you delete is kept here, with their history, until you bring them back or erase them for good.
        </EmptyState>
      ) : (
        <div className={list.wrap}>
          <table className={list.table} aria-label="Deleted contacts">
            <colgroup>
              <col />
              <col style={{ width: '30%' }} />
              <col style={{ width: 160 }} />
              <col style={{ width: 140 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Email</th>
                <th scope="col">Deleted</th>
                <th scope="col" aria-label="Way back" />
              </tr>
            </thead>
            <tbody>
              {found.map((contact) => (
                <tr key={contact.id}>
                  <td className={list.strong}>{nameOf(contact)}</td>
                  <td className={list.dim}>{contact.email}</td>
                  <td className={list.dim}>
                    <Time at={contact.deletedAt} withTime />
                  </td>
                  <td className={list.number}>
                    {mayRestore ? (
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={busy === contact.id}
                        disabled={!online || busy !== null}
                        aria-label={`Restore ${nameOf(contact)}`}
                        onClick={() => void restore(contact)}
                      >
                        Restore
                      </Button>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}
