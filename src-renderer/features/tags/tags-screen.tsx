import { TextInput } from '@mantine/core';
import { IconSearch, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { kindName, kindNames } from '#renderer/parts/document-words.ts';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { type TaggedDoc, taggedKinds, tagHref, useTags } from '#renderer/parts/tags.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import type { Format } from '#renderer/ui/format.ts';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { tagOf } from '#shared/contact/tag.schema.ts';

const columns: readonly ListColumn[] = [
  { head: 'Tag', width: '28%' },
  { head: 'Contacts', width: 110, number: true },
  { head: 'Everything else' },
];

/** "2 segments, 1 message". */
function kindsOf(documents: readonly TaggedDoc[], format: Format): string {
  const words = taggedKinds.flatMap((kind) => {
    const count = documents.filter((one) => one.kind === kind).length;
    if (count === 0) return [];
    return `${format.count(count)} ${(count === 1 ? kindName(kind) : kindNames(kind)).toLowerCase()}`;
  });
  return words.join(', ');
}

/** Every tag, with how much has it. */
export function TagsScreen() {
  const format = useFormat();
  const tags = useTags();
  const [search, setSearch] = useState('');
  const wanted = tagOf(search);
  const shown = (tags ?? []).filter(({ tag }) => tag.includes(wanted));
  return (
    <Page
      width="fill"
      header={
        <PageHeader title="Tags" count={tags?.length ? format.count(tags.length) : undefined}>
          {tags?.length ? (
            <TextInput
              aria-label="Search tags"
              placeholder="Search tags"
              leftSection={<IconSearch size={16} stroke={1.5} />}
              w={280}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          ) : null}
        </PageHeader>
      }
    >
      {tags === undefined ? (
        <SkeletonRows label="Loading tags" />
      ) : tags.length === 0 ? (
        <EmptyState icon={<IconTag size={24} stroke={1.5} />} title="Find together what belongs together">
          Give a tag to contacts, segments, lists, messages, campaigns, types of event, sites and fields: “spring sale”,
          “wholesale”. Here stands everything that has it.
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState compact title={`No tag matches “${search.trim()}”`} />
      ) : (
        <div className={list.wrap}>
          <ListTable label="Tags" columns={columns}>
            {shown.map(({ tag, contacts, documents }) => (
              <tr key={tag}>
                <NameCell href={tagHref(tag)} name={tag} />
                <td className={list.number}>{contacts === 0 ? '' : format.count(contacts)}</td>
                <td className={list.dim} title={kindsOf(documents, format)}>
                  {kindsOf(documents, format)}
                </td>
              </tr>
            ))}
          </ListTable>
        </div>
      )}
    </Page>
  );
}
