import { Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { offerMergeUndo } from '#renderer/parts/merge-undo.ts';
import { useReasonWithout } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import classes from './duplicates.module.css';
import { MergePreviewView } from './merge-preview.tsx';

type Props = {
  contactId: number;
  otherId: number;
  onClose: () => void;
  /** Merged, or kept apart: the pair is no candidate any more. */
  onSettled: () => void;
  onUndone: () => void;
};

/** One pair: what the merged contact will be, and the two ways to go. */
export function MergePanel({ contactId, otherId, onClose, onSettled, onUndone }: Props) {
  const online = useOnline();
  const reason = useReasonWithout('editContacts');
  const [busy, setBusy] = useState(false);
  const preview = useLive(
    () => data.actions.previewMerge({ contactId, otherId }),
    [contactId, otherId, online],
    ['columns'],
  );
  const settle = async (work: () => Promise<void>, failed: string) => {
    setBusy(true);
    try {
      await work();
      onSettled();
    } catch (error) {
      notifyError(failed, error);
      setBusy(false);
    }
  };
  const { value } = preview;
  const merge = () =>
    settle(async () => {
      const { mergeId } = await data.actions.mergeContacts({ contactId, otherId });
      offerMergeUndo(mergeId, value ? `Merged into ${contactName(value.survivor)}.` : 'Merged.', onUndone);
    }, 'The contacts were not merged');
  const keepApart = () =>
    settle(async () => {
      await data.actions.keepApart({ contactId, otherId });
      notifyDone('They stay two contacts, and are not shown here again.');
    }, 'This was not noted');
  return (
    <Panel
      label="Compare"
      title="One person?"
      subtitle={value ? `${contactName(value.survivor)} and ${contactName(value.merged)}` : undefined}
      onClose={onClose}
      width={480}
    >
      {value ? (
        <MergePreviewView preview={value} />
      ) : preview.error === null ? (
        <div style={{ padding: 20 }} role="status" aria-label="Comparing">
          <Skeleton height={220} />
        </div>
      ) : (
        <ErrorState title="The contacts could not be compared" error={preview.error} retry={preview.reload} />
      )}
      {value ? (
        <div className={classes.buttons}>
          <Button loading={busy} disabled={!online || reason !== null} onClick={() => void merge()}>
            Merge
          </Button>
          <Button variant="default" disabled={busy || !online || reason !== null} onClick={() => void keepApart()}>
            Two different people
          </Button>
          {reason ?? (online ? null : 'Merging needs the server.')}
        </div>
      ) : null}
    </Panel>
  );
}
