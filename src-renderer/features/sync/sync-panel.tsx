import { Button, Drawer } from '@mantine/core';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { SyncStatus } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { documentHref, documentTitle, fieldName, kindName } from '#renderer/parts/document-words.ts';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { Ago } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { statusWords } from './status-words.ts';
import { useSyncNow } from './sync-header.tsx';
import { SyncNotices } from './sync-notices.tsx';
import classes from './sync-panel.module.css';

const MOST = 8;

export type SyncPanelProps = { status: SyncStatus; opened: boolean; onClose: () => void };

/** The short form of the Sync screen, over whatever one is doing: how things stand, what waits, "Sync now". */
export function SyncPanel({ status, opened, onClose }: SyncPanelProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={400}
      title="Sync"
      closeButtonProps={{ 'aria-label': 'Close sync' }}
    >
      {opened ? <SyncBody status={status} onClose={onClose} /> : null}
    </Drawer>
  );
}

function SyncBody({ status, onClose }: Omit<SyncPanelProps, 'opened'>) {
  const format = useFormat();
  const now = useNow(10_000);
  const { sync, busy } = useSyncNow();
  const { tone, words } = statusWords(status, format, now);
  return (
    <div className={classes.body}>
      <div className={classes.head}>
        <StatusDot tone={tone}>
          <strong>{words}</strong>
        </StatusDot>
        <Button variant="default" loading={busy} onClick={sync}>
          Sync now
        </Button>
      </div>
      <SyncNotices status={status} />
      <dl className={classes.facts}>
        <dt>In step with the server</dt>
        <dd>{status.syncedAt === null ? 'Not yet' : <Ago at={status.syncedAt} now={now} />}</dd>
        {status.reviews === 0 ? null : (
          <>
            <dt>To review</dt>
            <dd>
              <Link href="/sync/review" onClick={onClose}>
                {format.counted(status.reviews, 'version')}
              </Link>
            </dd>
          </>
        )}
      </dl>
      <Waiting status={status} onClose={onClose} />
      <Button component={Link} href="/sync" variant="default" fullWidth onClick={onClose}>
        What is on this device, and what others changed
      </Button>
    </div>
  );
}

function Waiting({ status, onClose }: Omit<SyncPanelProps, 'opened'>) {
  const format = useFormat();
  const changes = useLive(() => data.waitingChanges(), [], ['documents', 'status']);
  const list = changes.value ?? [];
  return (
    <section aria-label="Waiting changes">
      <h3 className={classes.title}>Waiting changes</h3>
      {list.length === 0 ? (
        <p className={classes.dim}>
          {status.waiting > 0
            ? `${format.counted(status.waiting, 'change')} on the way.`
            : 'Everything of yours is on the server.'}
        </p>
      ) : (
        <ul className={classes.list}>
          {list.slice(0, MOST).map((change) => {
            const href = change.removed ? null : documentHref(change.kind, change.id, change.contactId);
            const title = documentTitle(change.kind, change.name, change.contactId);
            return (
              <li key={change.id}>
                <span className={classes.dim}>
                  {change.field === null ? kindName(change.kind) : `${fieldName('contact-edit', change.field)} of`}
                </span>{' '}
                {href === null ? (
                  title
                ) : (
                  <Link href={href} onClick={onClose}>
                    {title}
                  </Link>
                )}
                {change.refusal === null ? null : (
                  <p className={classes.refusal}>Refused: {change.refusal} Your text is kept.</p>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {list.length > MOST ? <p className={classes.dim}>and {format.count(list.length - MOST)} more</p> : null}
    </section>
  );
}
