import { Button } from '@mantine/core';
import { IconArrowMerge, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { RemoteChange } from '#renderer/data/data-api.ts';
import { useLive, useSession } from '#renderer/data/hooks.ts';
import { documentHref, documentTitle, fieldNames, kindName } from '#renderer/parts/document-words.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { Card } from './card.tsx';
import classes from './sync.module.css';

const STEP = 15;
const MOST = 200;
const icons = { made: IconPlus, changed: IconPencil, removed: IconTrash } as const;

/** What arrived from others: who, what, which fields, and whether it was joined with a change of one's own. */
export function RecentChanges() {
  const [limit, setLimit] = useState(STEP);
  const changes = useLive(() => data.recentChanges(limit + 1), [limit], ['documents', 'status']);
  if (changes.value === undefined) {
    return changes.error === null ? null : (
      <ErrorState inline title="What others changed could not be listed" error={changes.error} retry={changes.reload} />
    );
  }
  const shown = changes.value.slice(0, limit);
  return (
    <Card title="Changed by others">
      {shown.length === 0 ? (
        <p className={classes.nothing}>Nothing yet. What others change appears here when it arrives.</p>
      ) : (
        <ul className={classes.list}>
          {shown.map((change) => (
            <ChangeRow key={change.id} change={change} />
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

const deeds: Record<RemoteChange['what'], string> = { made: 'made', changed: 'changed', removed: 'deleted' };

/** An edit of a contact is a document made; to people it is a contact changed. */
const whatOf = ({ kind, what }: RemoteChange): RemoteChange['what'] => (kind === 'contact-edit' ? 'changed' : what);

function ChangeRow({ change }: { change: RemoteChange }) {
  const now = useNow(30_000);
  const session = useSession();
  const me = session.state === 'signedIn' ? session.user.id : null;
  const who = change.by === null ? 'The server' : change.by.id === me ? 'You, on another device' : change.by.name;
  const what = whatOf(change);
  const Icon = icons[what];
  const href = what === 'removed' ? null : documentHref(change.kind, change.documentId, change.contactId);
  const title = documentTitle(change.kind, change.name, change.contactId);
  return (
    <li className={classes.row}>
      <Icon size={16} stroke={1.5} className={classes.rowIcon} aria-hidden />
      <div className={classes.rowWords}>
        <div className={classes.rowLine}>
          <span className={classes.who}>{who}</span>
          <span className={classes.dim}>{`${deeds[what]} ${kindName(change.kind).toLowerCase()}`}</span>
          {href === null ? (
            <span className={classes.name}>{title}</span>
          ) : (
            <Link href={href} className={classes.name}>
              {title}
            </Link>
          )}
        </div>
        {what === 'changed' && change.fields.length > 0 ? (
          <div className={classes.fields}>{fieldNames(change.kind, change.fields)}</div>
        ) : null}
        {change.merged ? (
          <div className={classes.merged}>
            <IconArrowMerge size={14} stroke={1.5} aria-hidden /> Joined with your change
          </div>
        ) : null}
      </div>
      <span className={classes.when}>
        <Ago at={change.at} now={now} />
      </span>
    </li>
  );
}
