import { Button, Skeleton, UnstyledButton } from '@mantine/core';
import { IconCloudUp, IconFilter, IconPencil, IconPlus } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { TagChips } from '#renderer/parts/tag-chips.tsx';
import { useTagFilter } from '#renderer/parts/tag-filter.tsx';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { ruleWords } from '#shared/segment/rule-words.ts';
import { hasDraftRule, type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import classes from './segments.module.css';
import { type NewSegment, starters } from './starters.ts';
import { blankSegment, useCreateSegment } from './use-create-segment.ts';

type Listed = { doc: Doc; segment: Segment };

/** All segments with their rule in words and their live count. */
export function SegmentsScreen() {
  const format = useFormat();
  const docs = useLive(() => data.documents('segment'), [], ['documents']);
  const { create, busy } = useCreateSegment();
  const segments = useMemo(
    () =>
      (docs.value ?? [])
        .flatMap((doc): Listed[] => {
          const parsed = segmentSchema.safeParse(doc.body);
          return parsed.success ? [{ doc, segment: parsed.data }] : [];
        })
        .toSorted((a, b) => b.segment.createdAt - a.segment.createdAt),
    [docs.value],
  );
  const byTag = useTagFilter(useMemo(() => segments.map(({ segment }) => segment), [segments]));
  const header = (
    <PageHeader
      title="Segments"
      count={segments.length === 0 ? undefined : format.count(segments.length)}
      actions={
        <Allowed right="edit">
          <Button
            loading={busy}
            leftSection={<IconPlus size={16} stroke={1.5} aria-hidden />}
            onClick={() => create(blankSegment)}
          >
            New segment
          </Button>
        </Allowed>
      }
    >
      {byTag.control}
    </PageHeader>
  );
  return (
    <Page width="fill" header={header}>
      {docs.error !== null && docs.value === undefined ? (
        <ErrorState title="The segments could not be read" error={docs.error} retry={docs.reload} />
      ) : docs.value === undefined ? (
        <SkeletonRows label="Loading segments" />
      ) : segments.length === 0 ? (
        <EmptyState
          icon={<IconFilter size={24} stroke={1.5} />}
          title="Group people by what they are and what they did"
        >
          <p>
            A segment is always current: its count follows every order and every edit. Start with one of these, or with
            a new one.
          </p>
          <Allowed right="edit">
            <div className={classes.starters}>
              {starters(format).map((starter) => (
                <Starter key={starter.name} starter={starter} onPick={() => create(starter)} />
              ))}
            </div>
          </Allowed>
        </EmptyState>
      ) : (
        <div className={list.wrap}>
          <table className={list.table} aria-label="Segments">
            <colgroup>
              <col style={{ width: '26%' }} />
              <col />
              <col style={{ width: 150 }} />
              <col style={{ width: 130 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Rule</th>
                <th scope="col" className={list.number}>
                  Contacts
                </th>
                <th scope="col">Created</th>
              </tr>
            </thead>
            <tbody>
              {segments
                .filter(({ segment }) => byTag.passes(segment))
                .map((listed) => (
                  <SegmentRow key={listed.doc.id} {...listed} />
                ))}
            </tbody>
          </table>
        </div>
      )}
    </Page>
  );
}

function SegmentRow({ doc, segment }: Listed) {
  const writer = useRuleWriter();
  const words = ruleWords(segment.rule, writer);
  return (
    <tr>
      <td>
        <Link href={`/segments/${doc.id}`} className={list.strong} title={segment.name}>
          {segment.name}
        </Link>{' '}
        <TagChips tags={segment.tags} />
        {hasDraftRule(segment) ? (
          <IconPencil
            className={classes.waiting}
            size={14}
            stroke={1.5}
            role="img"
            aria-label="Has unpublished changes"
          />
        ) : null}
        {doc.waiting ? (
          <IconCloudUp
            className={classes.waiting}
            size={14}
            stroke={1.5}
            role="img"
            aria-label={doc.refusal ?? 'Waiting to sync'}
          />
        ) : null}
      </td>
      <td className={list.dim} title={words}>
        {words}
      </td>
      <td className={list.number}>
        <LiveCount segment={segment} />
      </td>
      <td className={list.dim}>
        <Time at={segment.createdAt} />
      </td>
    </tr>
  );
}

/** The count of a rule, asked again when the data changes. */
function LiveCount({ segment }: { segment: Pick<Segment, 'rule'> }) {
  const format = useFormat();
  const answer = useLive(() => data.segmentAnswer(segment.rule, 0), [JSON.stringify(segment.rule)], ['columns']);
  if (answer.error !== null) return <span title={answer.error.message}>–</span>;
  if (answer.value) {
    return (
      <>
        {format.count(answer.value.count)}
        <span className={classes.share}>{format.share(answer.value.count, answer.value.total)}</span>
      </>
    );
  }
  return (
    <Delayed>
      <Skeleton height={8} width={48} style={{ marginLeft: 'auto' }} />
    </Delayed>
  );
}

function Starter({ starter, onPick }: { starter: NewSegment; onPick: () => void }) {
  return (
    <UnstyledButton className={classes.starter} onClick={onPick}>
      <span className={classes.starterName}>{starter.name}</span>
      <span className={classes.starterCount}>
        <LiveCount segment={starter} />
      </span>
      <span className={classes.starterText}>{starter.description}</span>
    </UnstyledButton>
  );
}
