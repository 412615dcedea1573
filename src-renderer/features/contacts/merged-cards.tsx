import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { undoMerge } from '#renderer/parts/merge-undo.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { contactName } from '#shared/contact/contact-name.ts';
import type { MergeInfo } from '#shared/contact/duplicate.schema.ts';
import { identifiers } from '#shared/contact/identifiers.ts';
import classes from './memberships.module.css';

const why = ({ cause, byKind, byName }: MergeInfo): string =>
  cause === 'person'
    ? `by ${byName ?? 'somebody'}`
    : `by ${byKind ? identifiers[byKind].label.toLowerCase() : 'itself'}`;

/** The contacts that were merged into this one, with why and when, and a way back. Shown where there are any. */
export function MergedCards({ id }: { id: number }) {
  const online = useOnline();
  const mayRead = useCan('readPersonal');
  const mayEdit = useCan('editContacts');
  const [merges, setMerges] = useState<readonly MergeInfo[]>([]);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again after an undo
  useEffect(() => {
    if (!online || !mayRead) return;
    let ended = false;
    data.actions.contactMerges(id).then(
      (found) => {
        if (!ended) setMerges(found.filter(({ undoneAt }) => undoneAt === null));
      },
      // It is an extra of the card; without the server the card shows the rest.
      () => {
        if (!ended) setMerges([]);
      },
    );
    return () => {
      ended = true;
    };
  }, [id, online, mayRead, round]);
  if (merges.length === 0) return null;
  const undo = async (mergeId: number) => {
    if (await undoMerge(mergeId)) setRound(round + 1);
  };
  return (
    <PanelSection title="Merged contacts">
      <ul className={classes.list}>
        {merges.map((merge) => (
          <li key={merge.id} style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '3px 0' }}>
            <span style={{ flex: 1, minWidth: 0 }}>
              {contactName(merge.merged)}{' '}
              <span className={classes.dim}>
                <Time at={merge.at} /> {why(merge)}
              </span>
            </span>
            <Button
              variant="default"
              size="compact-xs"
              disabled={!online || !mayEdit}
              aria-label={`Undo the merge of ${contactName(merge.merged)}`}
              onClick={() => void undo(merge.id)}
            >
              Undo merge
            </Button>
          </li>
        ))}
      </ul>
    </PanelSection>
  );
}
