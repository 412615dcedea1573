import { Button } from '@mantine/core';
import { IconAddressBook, IconFileImport, IconFilterOff, IconUsers } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { ContactQuery } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useDebounced } from '#renderer/ui/use-debounced.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { isComputedId } from '#shared/contact/field.schema.ts';
import { AddContact, AddContactButton } from './add-contact.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { BulkStrip } from './bulk-strip.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { ContactPanel } from './contact-panel.tsx';
import { ContactsGrid } from './contacts-grid.tsx';
import { FilterBar } from './filter-bar.tsx';
import { listRule, narrowingOf, useListState } from './list-state.ts';
import { MoreLists } from './more-lists.tsx';
import { SaveAsSegment } from './save-as-segment.tsx';
import { useChoice } from './use-choice.ts';
import { useColumnLayout } from './use-column-layout.ts';
import { useContactPages } from './use-contact-pages.ts';
import { useOpenedSegment, useOpenedView, useOpenView } from './use-opened.ts';
import { useShownComputed } from './use-shown-computed.ts';
import { ViewTabs } from './view-tabs.tsx';
import { isChanged, listAddress } from './views.ts';

/** Everybody: searched, filtered, sorted; the open contact at the right. */
export function ContactsScreen({ openedId, adding }: { openedId: number | null; adding: boolean }) {
  const format = useFormat();
  const [, navigate] = useLocation();
  const { search, filters, sort, setSort, clear } = useListState();
  const mayEdit = useCan('edit');
  const mayChange = useCan('editContacts');
  const mayLoadDemo = useCan('administer');
  const { id: segmentId, segment } = useOpenedSegment();
  const personal = usePersonalHere();
  const { id: viewId, view } = useOpenedView();
  const saved = view?.body ?? null;
  const laidOut = useOpenView(viewId, saved);
  const columns = useColumnLayout(personal, laidOut);
  const address = (contact: number | 'new' | null) => listAddress({ view: viewId, segment: segmentId }, contact);
  const shown = { narrowing: narrowingOf({ search, filters, sort }), segmentId, layout: columns.layout };
  const changed = saved
    ? isChanged(saved, shown) || columns.changed
    : search !== '' || filters.length > 0 || segmentId !== null;

  const rule = useMemo(() => listRule(filters, segment?.rule ?? null), [filters, segment]);
  const asked = useDebounced(search, 60);
  const show = useShownComputed(columns.layout);
  const query = useMemo<ContactQuery>(() => ({ search: asked, rule, sort, show }), [asked, rule, sort, show]);
  const { pages, query: answered, version } = useContactPages(query);
  const everybody = useLive(
    () => data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
    [],
    ['columns'],
  );
  const { selection, choice, count: chosen } = useChoice(pages, answered);
  const narrowed = answered.search !== '' || answered.rule !== null;
  const total = pages?.total ?? null;
  const all = everybody.value?.total ?? null;
  const empty = total === 0 && !narrowed && segmentId === null;

  // The card's own close returns the focus to the list, where the keys go on working.
  const list = useRef<HTMLDivElement>(null);
  const close = () => navigate(address(null));
  useEffect(() => {
    if (openedId === null && document.activeElement === document.body) {
      list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
    }
  }, [openedId]);

  const count =
    total === null
      ? undefined
      : narrowed && all !== null
        ? `${format.count(total)} of ${format.count(all)}`
        : format.count(total);
  const asOf = pages?.asOf?.at ?? null;
  const eventsFrom = pages?.asOf?.eventsFrom ?? null;
  // A condition may look further back than this device knows.
  const looksBack = rule !== null || show.length > 0 || isComputedId(sort.key);
  const eventsNote = eventsFrom === null || !looksBack ? '' : ` · events since ${format.date(eventsFrom)} only`;

  const header = (
    <PageHeader
      title="Contacts"
      count={empty ? undefined : count}
      status={asOf === null || empty || openedId !== null ? undefined : `as of ${format.dateTime(asOf)}${eventsNote}`}
      actions={
        <>
          {empty ? null : <ColumnChooser columns={columns} />}
          {empty || !personal ? null : (
            <Button
              component={Link}
              href="/duplicates"
              variant="default"
              leftSection={<IconUsers size={16} stroke={1.5} aria-hidden />}
            >
              Duplicates
            </Button>
          )}
          {empty ? null : <AddContactButton onClick={() => navigate(address('new'))} />}
          {empty ? null : <MoreLists />}
          {empty ? null : (
            <Allowed right="import">
              <Button
                component={Link}
                href="/imports"
                leftSection={<IconFileImport size={16} stroke={1.5} aria-hidden />}
              >
                Import
              </Button>
            </Allowed>
          )}
        </>
      }
    >
      {empty ? null : (
        <>
          <ViewTabs open={view} shown={shown} changed={changed} resetColumns={columns.reset} />
          <FilterBar
            personal={personal}
            segment={segment?.name ?? null}
            onLeaveSegment={() => navigate(listAddress({ view: viewId, segment: null }))}
          />
          {rule !== null && filters.length > 0 && mayEdit ? <SaveAsSegment rule={rule} /> : null}
        </>
      )}
    </PageHeader>
  );

  return (
    <Page
      width="fill"
      header={header}
      panel={openedId === null ? null : <ContactPanel key={openedId} id={openedId} onClose={close} />}
    >
      <AddContact
        opened={adding}
        onClose={close}
        onOpen={(contactId) => navigate(address(contactId), { replace: true })}
      />
      <div ref={list} style={{ display: 'contents' }}>
        {pages?.error && total === null ? (
          <ErrorState title="The contacts could not be read" error={pages.error} retry={() => pages.refresh()} />
        ) : pages === null || total === null ? (
          <SkeletonRows rows={14} label="Loading contacts" />
        ) : empty ? (
          <EmptyState
            icon={<IconAddressBook size={24} stroke={1.5} />}
            title="Everybody you know will be here"
            actions={
              <>
                <LoadDemoButton variant="filled" />
                <AddContactButton onClick={() => navigate(address('new'))} />
                <Allowed right="import">
                  <Button component={Link} href="/imports" variant={mayLoadDemo ? 'default' : 'filled'}>
                    Import a file
                  </Button>
                </Allowed>
              </>
            }
          >
            Look around with a made-up shop first, or import your own orders or addresses. Everything stays on your own
            machine, and the list works without a network.
          </EmptyState>
        ) : total === 0 ? (
          <EmptyState
            icon={<IconFilterOff size={24} stroke={1.5} />}
            title="Nobody matches"
            actions={
              <Button
                variant="default"
                onClick={() => {
                  clear();
                  navigate('/contacts');
                }}
              >
                Show all {all === null ? '' : format.count(all)} contacts
              </Button>
            }
          >
            No contact fits the search and the filters together.
          </EmptyState>
        ) : (
          <>
            <BulkStrip />
            <ContactsGrid
              pages={pages}
              version={version}
              columns={columns}
              sort={sort}
              onSort={setSort}
              openedId={openedId}
              onOpen={(row) => navigate(address(row.id), { replace: openedId !== null })}
              onClose={close}
              choice={mayChange ? choice : undefined}
            />
            <BulkBar
              selection={selection}
              choice={choice}
              count={mayChange ? chosen : 0}
              total={total}
              query={answered}
              columns={columns}
            />
          </>
        )}
      </div>
    </Page>
  );
}
