import { Button, Skeleton, UnstyledButton } from '@mantine/core';
import { IconCloudUp, IconFilter, IconPencil, IconPlus } from '@tabler/icons-react';
import { useMemo } from 'react';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { Allowed } from '#renderer/parts/allowed.tsx';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { ListPage } from '#renderer/parts/list-page.tsx';
import { NameCell } from '#renderer/parts/name-cell.tsx';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import list from '#renderer/ui/list.module.css';
import { type ListColumn, ListTable } from '#renderer/ui/list-table.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { ruleWords } from '#shared/segment/rule-words.ts';
import { hasDraftRule, type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import classes from './segments.module.css';
import { type NewSegment, starters } from './starters.ts';
import { blankSegment, useCreateSegment } from './use-create-segment.ts';

const columns: readonly ListColumn[] = [
  { head: 'Name', width: '26%' },
  { head: 'Rule' },
  { head: 'Contacts', width: 150, number: true },
  { head: 'Created', width: 130 },
];

/** All segments with their rule in words and their live count. */
export function SegmentsScreen() {
  const docs = useLive(() => data.documents('segment'), [], ['documents']);
  const { create, busy } = useCreateSegment();
  const segments = useMemo(
    () => docs.value && typedDocs(segmentSchema, docs.value).toSorted((a, b) => b.body.createdAt - a.body.createdAt),
    [docs.value],
  );
  return (
    <ListPage
      title="Segments"
      one="segment"
      items={segments}
      error={docs.error}
      retry={docs.reload}
      bodyOf={({ body }) => body}
      textOf={({ body }) => body.name}
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
      empty={<NoSegments onPick={create} />}
    >
      {(shown) => (
        <ListTable label="Segments" columns={columns}>
          {shown.map((doc) => (
            <SegmentRow key={doc.id} doc={doc} />
          ))}
        </ListTable>
      )}
    </ListPage>
  );
}

function NoSegments({ onPick }: { onPick: (segment: NewSegment) => void }) {
  const format = useFormat();
  return (
    <EmptyState icon={<IconFilter size={24} stroke={1.5} />} title="Group people by what they are and what they did">
      <p>
        A segment is always current: its count follows every order and every edit. Start with one of these, or with a
        new one.
      </p>
      <Allowed right="edit">
        <div className={classes.starters}>
          {starters(format).map((starter) => (
            <Starter key={starter.name} starter={starter} onPick={() => onPick(starter)} />
          ))}
        </div>
      </Allowed>
    </EmptyState>
  );
}

function SegmentRow({ doc }: { doc: Doc<Segment> }) {
  const segment = doc.body;
  const writer = useRuleWriter();
  const words = ruleWords(segment.rule, writer);
  return (
    <tr>
      <NameCell href={`/segments/${doc.id}`} name={segment.name} tags={segment.tags}>
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
      </NameCell>
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
