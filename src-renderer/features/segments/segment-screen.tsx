import { ActionIcon, Button, Menu, Textarea, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconArrowForwardUp, IconDots, IconFilterOff, IconTrash } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc } from '#renderer/data/data-api.ts';
import { useLive, useSession } from '#renderer/data/hooks.ts';
import { Allowed, EditableBy, ReadOnlyNotice } from '#renderer/parts/allowed.tsx';
import { useConditionKinds } from '#renderer/parts/condition-editor.tsx';
import { DocTags } from '#renderer/parts/doc-tags.tsx';
import { useRuleWriter } from '#renderer/parts/list-names.ts';
import { PublishBar } from '#renderer/parts/publish-bar.tsx';
import { useUses } from '#renderer/parts/use-uses.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { Page } from '#renderer/ui/page.tsx';
import { PageHeader } from '#renderer/ui/page-header.tsx';
import { SaveState } from '#renderer/ui/save-state.tsx';
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { ruleWords } from '#shared/segment/rule-words.ts';
import { hasDraftRule, type Segment, segmentSchema } from '#shared/segment/segment.schema.ts';
import { GroupEditor } from './group-editor.tsx';
import { SegmentDifference } from './segment-difference.tsx';
import { SegmentResults } from './segment-results.tsx';
import classes from './segment-screen.module.css';
import { useSegmentDraft } from './use-segment-draft.ts';

const parent = { label: 'Segments', href: '/segments' };

/** One segment: its rule at the left, who matches at the right. */
export function SegmentScreen({ id }: { id: string }) {
  const doc = useLive(() => data.document(id), [id], ['documents']);
  if (doc.error !== null && doc.value === undefined) {
    return (
      <Page header={<PageHeader title="Segment" parent={parent} />}>
        <ErrorState title="The segment could not be read" error={doc.error} retry={doc.reload} />
      </Page>
    );
  }
  if (doc.value === undefined) {
    return (
      <Page header={<PageHeader title=" " parent={parent} />}>
        <SkeletonRows label="Loading the segment" />
      </Page>
    );
  }
  const parsed = segmentSchema.safeParse(doc.value?.body);
  if (doc.value === null || !parsed.success) {
    return (
      <Page header={<PageHeader title="Segment" parent={parent} />}>
        <EmptyState
          icon={<IconFilterOff size={24} stroke={1.5} />}
          title="This segment is not here"
          actions={
            <Button component={Link} href="/segments">
              See all segments
            </Button>
          }
        >
          {doc.value === null
            ? 'It was deleted, or it has not arrived on this device yet.'
            : 'It was made by a newer version of Muster.'}
        </EmptyState>
      </Page>
    );
  }
  return <SegmentEditor doc={doc.value} segment={parsed.data} />;
}

function SegmentEditor({ doc, segment }: { doc: Doc; segment: Segment }) {
  const writer = useRuleWriter();
  const kinds = useConditionKinds();
  const remove = useRemoveSegment(doc, segment);
  const uses = useUses('segmentId', doc.id);
  const inUse = uses.some(({ open }) => open);
  const { draft, set, undo, redo, canUndo, canRedo, nextKey, problem, saving, abandon, rule, publish, discard } =
    useSegmentDraft(doc, segment, inUse);
  const session = useSession();
  const me = session.state === 'signedIn' ? session.user.id : null;
  const { live } = segment;

  return (
    <Page
      width="fill"
      header={
        <PageHeader
          title={draft.name.trim() || 'Segment'}
          parent={parent}
          status={<SaveState saving={saving} waiting={doc.waiting} refusal={doc.refusal} problem={problem} />}
          actions={
            <Allowed right="edit">
              <Tooltip label="Undo (Ctrl/⌘ Z)">
                <ActionIcon aria-label="Undo" disabled={!canUndo} onClick={undo}>
                  <IconArrowBackUp size={18} stroke={1.5} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Redo (Shift Ctrl/⌘ Z)">
                <ActionIcon aria-label="Redo" disabled={!canRedo} onClick={redo}>
                  <IconArrowForwardUp size={18} stroke={1.5} />
                </ActionIcon>
              </Tooltip>
              <Menu position="bottom-end" width={180}>
                <Menu.Target>
                  <ActionIcon aria-label="More actions">
                    <IconDots size={18} stroke={1.5} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item
                    color="red"
                    leftSection={<IconTrash size={16} stroke={1.5} />}
                    onClick={() => void remove(abandon)}
                  >
                    Delete segment
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </Allowed>
          }
        >
          <DocTags id={doc.id} kind="segment" />
        </PageHeader>
      }
    >
      <ReadOnlyNotice right="edit" />
      {live !== null && hasDraftRule({ rule, live }) ? (
        <PublishBar
          what="segment"
          name={segment.name}
          uses={uses}
          problem={problem}
          difference={() => <SegmentDifference live={live.rule} draft={rule} />}
          publish={() => publish(me)}
          discard={discard}
        />
      ) : null}
      <div className={classes.layout}>
        <EditableBy right="edit">
          <div className={classes.builder}>
            <div className={classes.names}>
              <TextInput
                label="Name"
                value={draft.name}
                maxLength={120}
                error={draft.name.trim() === '' ? 'Give the segment a name' : undefined}
                autoFocus={segment.name === 'New segment'}
                onFocus={(event) => {
                  if (segment.name === 'New segment') event.currentTarget.select();
                }}
                onChange={(event) => set({ ...draft, name: event.currentTarget.value }, 'name')}
              />
              <Textarea
                label="Description"
                autosize
                minRows={1}
                maxRows={3}
                maxLength={500}
                value={draft.description}
                placeholder="What is it for?"
                onChange={(event) => set({ ...draft, description: event.currentTarget.value }, 'description')}
              />
            </div>
            <GroupEditor
              root={draft.root}
              group={draft.root}
              depth={0}
              kinds={kinds}
              nextKey={nextKey}
              onChange={(root, step) => set({ ...draft, root }, step)}
            />
            <p className={classes.words}>
              <span className={classes.wordsLabel}>In words</span> {ruleWords(rule, writer)}
            </p>
          </div>
        </EditableBy>
        <SegmentResults id={doc.id} rule={rule} />
      </div>
    </Page>
  );
}

/** Asks, with what depends on the segment in numbers; the deletion can be taken back. */
function useRemoveSegment(doc: Doc, segment: Segment): (abandon: () => void) => Promise<void> {
  const format = useFormat();
  const [, navigate] = useLocation();
  return async (abandon) => {
    try {
      // Who matches is only said where it is known: what cannot be counted here can be deleted all the same.
      const counted = data.segmentAnswer(segment.rule, 0).catch(() => null);
      const [answer, campaigns] = await Promise.all([counted, data.documents('campaign')]);
      const using = campaigns.filter(({ body }) => body.segmentId === doc.id).length;
      const yes = await confirm({
        title: `Delete “${segment.name}”?`,
        consequence: `${answer ? `Its ${format.counted(answer.count, 'contact')}` : 'Its contacts'} stay. ${
          using === 0
            ? 'No campaign uses it.'
            : `${format.counted(using, 'campaign')} using it will need another segment.`
        }`,
        action: 'Delete segment',
        danger: true,
      });
      if (!yes) return;
      abandon();
      await data.removeDocument(doc.id);
      navigate('/segments');
      offerUndo(doc, segment);
    } catch (error) {
      notifyError('The segment was not deleted', error);
    }
  };
}

function offerUndo(doc: Doc, segment: Segment): void {
  const note = `deleted-${doc.id}`;
  const restore = () => {
    notifications.hide(note);
    data
      .saveDocument('segment', doc.id, doc.body)
      .catch((error: unknown) => notifyError('The segment was not brought back', error));
  };
  notifications.show({
    id: note,
    autoClose: 10_000,
    message: (
      <span className={classes.undo}>
        “{segment.name}” is deleted.
        <Button variant="subtle" onClick={restore}>
          Undo
        </Button>
      </span>
    ),
  });
}
