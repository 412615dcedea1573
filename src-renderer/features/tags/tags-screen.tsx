import { TextInput } from '@mantine/core';
import { IconSearch, IconTag } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { tagHref } from '#renderer/parts/tag-chips.tsx';
import { useTags } from '#renderer/parts/tags.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import list from '#renderer/ui/list.module.css';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { tagOf } from '#shared/contact/tag.schema.ts';

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
          Give a tag to contacts, segments, messages, campaigns and lists: “spring sale”, “wholesale”. Here stands
          everything that has it.
        </EmptyState>
      ) : shown.length === 0 ? (
        <EmptyState compact title={`No tag matches “${search.trim()}”`} />
      ) : (
        <div className={list.wrap}>
          <table className={list.table} aria-label="Tags">
            <colgroup>
              <col />
              <col style={{ width: 140 }} />
              <col style={{ width: 220 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Tag</th>
                <th scope="col" className={list.number}>
                  Contacts
                </th>
                <th scope="col" className={list.number}>
                  Segments, messages and others
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ tag, contacts, documents }) => (
                <tr key={tag}>
                  <td>
                    <Link href={tagHref(tag)} className={list.strong}>
                      {tag}
                    </Link>
                  </td>
                  <td className={list.number}>{contacts === 0 ? '' : format.count(contacts)}</td>
                  <td className={list.number}>{documents.length === 0 ? '' : format.count(documents.length)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}
