import { Button } from '@mantine/core';
import { IconCloudUp, IconExclamationCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import type { WaitingChange } from '#renderer/data/data-changes.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useDocumentNames } from '#renderer/parts/document-names.ts';
import { documentHref, documentTitle, kindName } from '#renderer/parts/document-words.ts';
import type { Names } from '#renderer/parts/field-value.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import type { Format } from '#renderer/ui/format.ts';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { Card } from './card.tsx';
import { Fields } from './fields.tsx';
import classes from './sync.module.css';
import { joinWaiting } from './waiting-words.ts';

const STEP = 12;

/** One's own changes that the server has not taken; refused ones first, with the reason. */
export function WaitingChanges({ status }: { status: SyncStatus }) {
  const format = useFormat();
  const [limit, setLimit] = useState(STEP);
  const names = useDocumentNames();
  const changes = useLive(() => data.waitingChanges(), [], ['documents', 'status']);
  if (changes.value === undefined) {
    return changes.error === null ? null : (
      <ErrorState inline title="Your changes could not be listed" error={changes.error} retry={changes.reload} />
    );
  }
  const sorted = changes.value.toSorted(
    (a, b) => Number(b.refusal !== null) - Number(a.refusal !== null) || b.at - a.at,
  );
  const rows = joinWaiting(sorted);
  const rest = rows.length - limit;
  return (
    <Card title="Waiting to be sent" aside={countWords(sorted, format)}>
      {sorted.length === 0 ? (
        <p className={classes.nothing}>
          {status.waiting > 0
            ? `${format.counted(status.waiting, 'change')} on the way.`
            : 'Everything of yours is on the server.'}
        </p>
      ) : (
        <ul className={classes.list}>
          {rows.slice(0, limit).map((change) => (
            <WaitingRow key={change.id} change={change} names={names} />
          ))}
        </ul>
      )}
      {rest > 0 ? (
        <Button className={classes.more} variant="subtle" color="gray" onClick={() => setLimit(limit + 10 * STEP)}>
          Show {format.count(Math.min(rest, 10 * STEP))} more
        </Button>
      ) : null}
    </Card>
  );
}

/** "3 waiting", "2 refused, 3 waiting"; nothing when there is none. */
function countWords(changes: readonly WaitingChange[], format: Format): string | undefined {
  const refused = changes.filter(({ refusal }) => refusal !== null).length;
  const waiting = changes.length - refused;
  const words = [
    ...(refused > 0 ? [`${format.count(refused)} refused`] : []),
    ...(waiting > 0 ? [`${format.count(waiting)} waiting`] : []),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

/** What was done to it. */
function deed({ removed, made, contactId }: WaitingChange): string {
  if (removed) return 'deleted';
  return made === true && contactId === null ? 'made' : 'changed';
}

function WaitingRow({ change, names }: { change: WaitingChange; names: Names }) {
  const now = useNow(30_000);
  const title = documentTitle(change.kind, change.name, change.contactId);
  const href = change.removed ? null : documentHref(change.kind, change.id, change.contactId);
  const refused = change.refusal !== null;
  const Icon = refused ? IconExclamationCircle : IconCloudUp;
  return (
    <li className={classes.row} data-tone={refused ? 'bad' : undefined}>
      <Icon size={16} stroke={1.5} className={classes.rowIcon} aria-hidden />
      <div className={classes.rowWords}>
        <div className={classes.rowLine}>
          <span className={classes.dim}>{kindName(change.kind)}</span>
          {href === null ? (
            <span className={classes.name}>{title}</span>
          ) : (
            <Link href={href} className={classes.name}>
              {title}
            </Link>
          )}
          <span className={classes.dim}>{deed(change)}</span>
        </div>
        {change.removed ? null : <Fields change={change} names={names} />}
        {refused ? (
          <p className={classes.refusal}>
            Refused: {change.refusal} Your text is kept. <Link href="/sync/review">Review it</Link>
          </p>
        ) : null}
      </div>
      <span className={classes.when}>
        <Ago at={change.at} now={now} />
      </span>
    </li>
  );
}
