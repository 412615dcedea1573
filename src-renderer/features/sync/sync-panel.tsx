import { Button, Drawer, Progress } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { data } from '#renderer/data/client.ts';
import type { Doc, SyncStatus } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { Ago, Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { type ContactField, contactFields } from '#shared/contact/contact-fields.ts';
import { contactName } from '#shared/contact/contact-name.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import { statusWords } from './status-words.ts';
import classes from './sync-panel.module.css';

const kinds = ['segment', 'message', 'campaign', 'setting', 'contact-edit'] as const satisfies DocumentKind[];
const kindWords: Record<(typeof kinds)[number], { one: string; path: string | null }> = {
  segment: { one: 'Segment', path: '/segments' },
  message: { one: 'Message', path: '/messages' },
  campaign: { one: 'Campaign', path: '/campaigns' },
  setting: { one: 'Setting', path: '/settings' },
  'contact-edit': { one: 'Contact', path: null },
};

type Change = {
  id: string;
  what: string;
  name: string;
  href: string | null;
  refusal: string | null;
  contactId: number | null;
};

const isField = (name: string): name is ContactField => Object.hasOwn(contactFields, name);

function describe(kind: (typeof kinds)[number], doc: Doc): Change {
  const { one, path } = kindWords[kind];
  const { name, contactId, field } = doc.body;
  if (kind === 'contact-edit') {
    const id = typeof contactId === 'number' ? contactId : null;
    return {
      id: doc.id,
      what: typeof field === 'string' && isField(field) ? `${contactFields[field].label} of` : one,
      name: id === null ? '' : `${id}`,
      href: id === null ? null : `/contacts/${id}`,
      refusal: doc.refusal,
      contactId: id,
    };
  }
  const href = kind === 'setting' ? path : `${path}/${doc.id}`;
  return {
    id: doc.id,
    what: one,
    name: typeof name === 'string' ? name : '',
    href,
    refusal: doc.refusal,
    contactId: null,
  };
}

/** Everything of one's own that the server has not taken yet. */
async function openChanges(): Promise<Change[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) =>
      (await data.documents(kind))
        .filter((doc) => doc.waiting || doc.refusal !== null)
        .map((doc) => describe(kind, doc)),
    ),
  );
  return Promise.all(lists.flat().map(withName));
}

/** Who an edit of a contact is about, by name: its document knows the number only. */
async function withName(change: Change): Promise<Change> {
  if (change.contactId === null) return change;
  const card = await data.contactCard(change.contactId);
  return card ? { ...change, name: contactName(card.row) } : change;
}

export type SyncPanelProps = { status: SyncStatus; opened: boolean; onClose: () => void };

/** What is on this device, since when, what waits, what failed; and "Sync now". */
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
  const [busy, setBusy] = useState(false);
  const changes = useLive(openChanges, [], ['documents', 'status']);
  const contacts = useLive(
    () => data.contactPage({ search: '', rule: null, sort: { key: 'id', descending: false } }, 0, 1),
    [],
    ['columns'],
  );
  const { tone, words } = statusWords(status, format, now);
  const sync = async () => {
    setBusy(true);
    try {
      await data.syncNow();
    } catch (error) {
      notifyError('Sync did not finish', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={classes.body}>
      <div className={classes.head}>
        <StatusDot tone={tone}>
          <strong>{words}</strong>
        </StatusDot>
        <Button variant="default" loading={busy} onClick={() => void sync()}>
          Sync now
        </Button>
      </div>
      {status.transfer ? (
        <div>
          <Progress
            value={status.transfer.total === 0 ? 0 : (100 * status.transfer.done) / status.transfer.total}
            aria-label="Download"
          />
          <p className={classes.dim}>
            First download: {format.share(status.transfer.done, status.transfer.total)}. What is here can already be
            used.
          </p>
        </div>
      ) : null}
      {status.lastError === null ? null : (
        <ErrorState
          inline
          title={status.online ? 'The last sync did not finish' : 'The server cannot be reached'}
          error={{ code: status.online ? 'internal' : 'offline', message: status.lastError }}
        />
      )}
      <dl className={classes.facts}>
        <dt>In step with the server</dt>
        <dd>{status.syncedAt === null ? 'Not yet' : <Ago at={status.syncedAt} now={now} />}</dd>
        {status.offlineSince === null ? null : (
          <>
            <dt>Offline since</dt>
            <dd>
              <Time at={status.offlineSince} withTime />
            </dd>
          </>
        )}
        <dt>Contacts on this device</dt>
        <dd>{contacts.value === undefined ? '' : format.count(contacts.value.total)}</dd>
      </dl>
      <section aria-label="Waiting changes">
        <h3 className={classes.title}>Waiting changes</h3>
        {changes.value === undefined || changes.value.length === 0 ? (
          <p className={classes.dim}>
            {status.waiting > 0
              ? `${format.counted(status.waiting, 'change')} on the way.`
              : 'Everything of yours is on the server.'}
          </p>
        ) : (
          <ul className={classes.list}>
            {changes.value.map((change) => (
              <li key={change.id}>
                <span className={classes.dim}>{change.what}</span>{' '}
                {change.href === null ? (
                  change.name
                ) : (
                  <Link href={change.href} onClick={onClose}>
                    {change.name || change.what}
                  </Link>
                )}
                {change.refusal === null ? null : (
                  <p className={classes.refusal}>Refused: {change.refusal} Your text is kept.</p>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      <p className={classes.dim}>
        Contacts, orders and events are kept on this device, so lists, segments and reports work without a network.
        Changes travel as soon as the server is there.
      </p>
    </div>
  );
}
