import { Button } from '@mantine/core';
import { IconTag } from '@tabler/icons-react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { kindNames } from '#renderer/parts/document-words.ts';
import { type TaggedDoc, taggedHref, taggedKinds, taggedName, useTags } from '#renderer/parts/tags.ts';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import { tagListId } from '#shared/contact/tag.schema.ts';
import type { MembershipLeaf } from '#shared/segment/membership-leaf.ts';
import classes from './tags.module.css';

const FIRST = 10;

/** Everything that has a tag: people first, then what was made. */
export function TagScreen({ tag }: { tag: string }) {
  const tags = useTags();
  const found = tags?.find((one) => one.tag === tag);
  return (
    <Page header={<PageHeader parent={{ label: 'Tags', href: '/tags' }} title={tag} />} width="wide">
      {tags === undefined ? (
        <SkeletonRows label="Loading what has the tag" />
      ) : found === undefined ? (
        <EmptyState icon={<IconTag size={24} stroke={1.5} />} title={`Nothing is tagged “${tag}”`}>
          Give it to contacts in their list, and to whatever else you make on its own page.
        </EmptyState>
      ) : (
        <div className={classes.groups}>
          {found.contacts > 0 ? <People tag={tag} count={found.contacts} /> : null}
          {taggedKinds.map((kind) => {
            const docs = found.documents.filter((one) => one.kind === kind);
            return docs.length === 0 ? null : <Group key={kind} title={kindNames(kind)} docs={docs} />;
          })}
        </div>
      )}
    </Page>
  );
}

function Group({ title, docs }: { title: string; docs: readonly TaggedDoc[] }) {
  const format = useFormat();
  return (
    <section className={classes.group} aria-label={title}>
      <h2 className={classes.title}>
        {title} <span className={classes.count}>{format.count(docs.length)}</span>
      </h2>
      <ul className={classes.list}>
        {docs.map((one) => {
          const href = taggedHref(one);
          return (
            <li key={one.doc.id} className={classes.entry}>
              {href === null ? taggedName(one) : <Link href={href}>{taggedName(one)}</Link>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function People({ tag, count }: { tag: string; count: number }) {
  const format = useFormat();
  const page = useLive(
    () => {
      const rule: MembershipLeaf = { type: 'membership', list: tagListId(tag), op: 'in' };
      return data.contactPage({ search: '', rule, sort: { key: 'lastOrderAt', descending: true } }, 0, FIRST);
    },
    [tag],
    ['columns'],
  );
  return (
    <section className={classes.group} aria-label="Contacts">
      <h2 className={classes.title}>
        Contacts <span className={classes.count}>{format.count(count)}</span>
      </h2>
      <ul className={classes.list}>
        {(page.value?.rows ?? []).map((row) => (
          <li key={row.id} className={classes.entry}>
            <Link href={`/contacts/${row.id}`}>{contactName(row)}</Link>
            <span className={classes.dim}>{row.email}</span>
          </li>
        ))}
      </ul>
      <Button
        component={Link}
        href={`/contacts?tag=${encodeURIComponent(tag)}`}
        variant="default"
        size="compact-sm"
        className={classes.more}
      >
        Show {count > FIRST ? `all ${format.count(count)}` : 'them'} in the list
      </Button>
    </section>
  );
}
