import { Button } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useChange, useLive } from '#renderer/data/hooks.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { spaced } from '#renderer/ui/spaced.ts';
import type { DuplicatePair } from '#shared/contact/duplicate.schema.ts';
import { DuplicateTable } from './duplicate-table.tsx';
import { MergePanel } from './merge-panel.tsx';

const PAGES = 20;
/** The server looks through everybody for this: it is not asked again at every change. */
const REST_MS = 10_000;

/** As many pages as were asked for, in one list. */
async function readPairs(pages: number): Promise<{ pairs: DuplicatePair[]; more: boolean }> {
  const pairs: DuplicatePair[] = [];
  let after: string | null = null;
  for (let page = 0; page < pages; page++) {
    const found = await data.actions.duplicates(after);
    pairs.push(...found.pairs);
    after = found.next;
    if (after === null) break;
  }
  return { pairs, more: after !== null };
}

const parent = { label: 'Contacts', href: '/contacts' };

/** Any change may be somebody's email: asks again at once after a rest, else when that is over. */
function useAskedNowAndThen(ask: () => void): void {
  const asking = useMemo(() => spaced(ask, REST_MS), [ask]);
  useEffect(() => asking.stop, [asking]);
  useChange(['columns'], asking.call);
}

/** Contacts that may be one person: the list, and what merging a pair would give at its side. */
export function DuplicatesScreen({ opened }: { opened: string | null }) {
  const online = useOnline();
  const [, navigate] = useLocation();
  const [pages, setPages] = useState(1);
  const found = useLive(() => readPairs(pages), [pages, online], ['session']);
  useAskedNowAndThen(found.reload);
  const ids = opened?.split('-').map(Number) ?? [];
  const [contactId, otherId] = ids;
  const close = () => navigate('/duplicates');
  const panel =
    contactId && otherId ? (
      <MergePanel
        key={opened}
        contactId={contactId}
        otherId={otherId}
        onClose={close}
        onSettled={() => {
          found.reload();
          close();
        }}
        onUndone={found.reload}
      />
    ) : null;
  const { pairs, more } = found.value ?? { pairs: null, more: false };
  return (
    <Page
      width="fill"
      panel={panel}
      header={
        <PageHeader
          title="Duplicates"
          parent={parent}
          count={pairs?.length ? `${pairs.length}${more ? '+' : ''}` : undefined}
          status={online ? undefined : 'Finding and merging needs the server'}
        />
      }
    >
      {found.error !== null && pairs === null ? (
        <ErrorState title="The duplicates could not be looked for" error={found.error} retry={found.reload} />
      ) : pairs === null ? (
        <SkeletonRows rows={8} label="Looking for duplicates" />
      ) : pairs.length === 0 ? (
        <EmptyState icon={<IconUsers size={24} stroke={1.5} />} title="No duplicates">
          No two contacts share an email, a phone or a loyalty number, apart from those you kept apart.
        </EmptyState>
      ) : (
        <>
          <DuplicateTable pairs={pairs} opened={opened} onOpen={(pair) => navigate(`/duplicates/${pair}`)} />
          {more && pages < PAGES ? (
            <div style={{ padding: 16 }}>
              <Button variant="default" loading={found.loading} onClick={() => setPages(pages + 1)}>
                Show more
              </Button>
            </div>
          ) : null}
        </>
      )}
    </Page>
  );
}
