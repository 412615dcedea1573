import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { fold } from '#shared/kernel/fold.ts';
import { useTagFilter } from './tag-filter.tsx';

export type ListPageProps<T> = {
  /** "Messages"; `one`: "message". */
  title: string;
  one: string;
  /** Undefined until this device answered. */
  items: readonly T[] | undefined;
  error: unknown;
  retry: () => void;
  /** What of an item has its tags. */
  bodyOf: (item: T) => { tags?: unknown };
  /** What an item is searched by; `searchHint`: "Search by name". */
  textOf: (item: T) => string;
  searchHint?: string;
  actions: ReactNode;
  /** Above the list, whatever is in it. */
  banner?: ReactNode;
  /** Instead of the list, while there is nothing. */
  empty: ReactNode;
  /** The table of what passes search and tag. */
  children: (shown: readonly T[]) => ReactNode;
};

/** The page of a list: its count, search and tag filter above; below the table, or why there is none. */
export function ListPage<T>(props: ListPageProps<T>) {
  const { title, items, textOf, bodyOf, searchHint = 'Search by name' } = props;
  const format = useFormat();
  const [search, setSearch] = useState('');
  const byTag = useTagFilter(items ?? [], bodyOf);
  const wanted = fold(search.trim());
  const shown = byTag.shown.filter((item) => fold(textOf(item)).includes(wanted));
  const showAll = () => {
    setSearch('');
    byTag.clear();
  };
  return (
    <Page
      width="fill"
      header={
        <PageHeader
          title={title}
          count={items?.length ? format.count(items.length) : undefined}
          actions={props.actions}
        >
          {items?.length ? (
            <>
              <TextInput
                aria-label={`Search ${title.toLowerCase()}`}
                placeholder={searchHint}
                leftSection={<IconSearch size={16} stroke={1.5} aria-hidden />}
                w={280}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
              />
              {byTag.control}
            </>
          ) : null}
        </PageHeader>
      }
    >
      {props.banner}
      <Content {...props} shown={shown} search={search.trim()} showAll={showAll} />
    </Page>
  );
}

type ContentProps<T> = ListPageProps<T> & { shown: readonly T[]; search: string; showAll: () => void };

function Content<T>({ title, one, items, error, retry, empty, children, shown, search, showAll }: ContentProps<T>) {
  const many = title.toLowerCase();
  if (items === undefined) {
    return error === null ? (
      <SkeletonRows label={`Loading ${many}`} />
    ) : (
      <ErrorState title={`The ${many} could not be read`} error={error} retry={retry} />
    );
  }
  if (items.length === 0) return empty;
  if (shown.length > 0) return <div className={list.wrap}>{children(shown)}</div>;
  return (
    <EmptyState
      title={search === '' ? `No ${one} has this tag` : `No ${one} matches “${search}”`}
      actions={
        <Button variant="default" onClick={showAll}>
          Show all {many}
        </Button>
      }
    />
  );
}
