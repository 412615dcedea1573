import { Button } from '@mantine/core';
import { IconArrowBackUp, IconArrowMerge, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { RemoteChange } from '#renderer/data/data-changes.ts';
import { useLive, useSession } from '#renderer/data/hooks.ts';
import { useDocumentNames } from '#renderer/parts/document-names.ts';
import { documentHref, documentTitle, kindName } from '#renderer/parts/document-words.ts';
import type { Names } from '#renderer/parts/field-value.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Ago, Time } from '#renderer/ui/time.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { Card } from './card.tsx';
import { Fields } from './fields.tsx';
import { type JoinedChange, joinChanges, outcomeWords } from './recent-words.ts';
import classes from './sync.module.css';

const STEP = 15;
const MOST = 200;
const icons = { made: IconPlus, changed: IconPencil, removed: IconTrash } as const;

/** What arrived from others: who, what, from which value to which, and what became of a change of one's own. */
export function RecentChanges() {
  const [limit, setLimit] = useState(STEP);
  const names = useDocumentNames();
  const changes = useLive(() => data.recentChanges(limit + 1), [limit], ['documents', 'status']);
  if (changes.value === undefined) {
    return changes.error === null ? null : (
      <ErrorState inline title="What others changed could not be listed" error={changes.error} retry={changes.reload} />
    );
  }
  const shown = joinChanges(changes.value.slice(0, limit));
  return (
    <Card title="Changed by others">
      {shown.length === 0 ? (
        <NothingYet />
      ) : (
        <ul className={classes.list}>
          {shown.map((change) => (
            <ChangeRow key={change.id} change={change} names={names} />
          ))}
        </ul>
      )}
      {changes.value.length > limit && limit < MOST ? (
        <Button className={classes.more} variant="subtle" color="gray" onClick={() => setLimit(MOST)}>
          Show earlier changes
        </Button>
      ) : null}
    </Card>
  );
}

/** A device knows of nothing that came before its data: an empty list says since when it is complete. */
function NothingYet() {
  const local = useLive(() => data.localData(), [], ['columns']);
  const since = local.value?.since ?? null;
  return (
    <p className={classes.nothing}>
      {since === null ? (
        'Nothing yet. '
      ) : (
        <>
          Nothing since this device has its data, <Time at={since} withTime />.{' '}
        </>
      )}
      What others change appears here when it arrives.
    </p>
  );
}

const deeds: Record<RemoteChange['what'], string> = { made: 'made', changed: 'changed', removed: 'deleted' };

/** What became of one's own version: joined with theirs, or one of the two stands. */
function Outcome({ change }: { change: JoinedChange }) {
  if (change.stands === undefined && !change.merged) return null;
  return (
    <div className={classes.merged}>
      <IconArrowMerge size={14} stroke={1.5} aria-hidden />
      <span>
        {outcomeWords(change)}
        {change.stands === undefined || change.decided ? null : (
          <>
            {' · '}
            <Link href="/sync/review">Review</Link>
          </>
        )}
      </span>
    </div>
  );
}

function ChangeRow({ change, names }: { change: JoinedChange; names: Names }) {
  const now = useNow(30_000);
  const session = useSession();
  const me = session.state === 'signedIn' ? session.user.id : null;
  const who = change.by === null ? 'The server' : change.by.id === me ? 'You, on another device' : change.by.name;
  const { what } = change;
  const deed = change.tookBack ? 'took back their version of' : deeds[what];
  const Icon = change.tookBack ? IconArrowBackUp : icons[what];
  const href = what === 'removed' ? null : documentHref(change.kind, change.documentId, change.contactId);
  const title = documentTitle(change.kind, change.name, change.contactId);
  return (
    <li className={classes.row}>
      <Icon size={16} stroke={1.5} className={classes.rowIcon} aria-hidden />
      <div className={classes.rowWords}>
        <div className={classes.rowLine}>
          <span className={classes.who}>{who}</span>
          <span className={classes.dim}>{`${deed} ${kindName(change.kind).toLowerCase()}`}</span>
          {href === null ? (
            <span className={classes.name}>{title}</span>
          ) : (
            <Link href={href} className={classes.name}>
              {title}
            </Link>
          )}
        </div>
        {what === 'changed' ? <Fields change={change} names={names} /> : null}
        <Outcome change={change} />
      </div>
      <span className={classes.when}>
        <Ago at={change.at} now={now} />
      </span>
    </li>
  );
}
