import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useLists } from '#renderer/parts/list-names.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { Time } from '#renderer/ui/time.tsx';
import type { ConsentRecord } from '#shared/api/ports.ts';
import type { ConsentAct, ConsentSource } from '#shared/consent/decide.ts';
import classes from './memberships.module.css';

const acts: Record<ConsentAct, string> = {
  granted: 'Agreed to',
  unconfirmed: 'Asked to confirm',
  withdrawn: 'Left',
  complained: 'Marked as spam',
  bounced: 'Could not be reached:',
};
const sources: Record<ConsentSource, string> = {
  person: 'their own choice',
  form: 'a form',
  app: 'an app',
  api: 'the API',
  import: 'an import',
  admin: 'a colleague',
  provider: 'the mail server',
};

/** Everything that was said about mail to a contact, and the switch for all of it. Needs the server. */
export function ConsentHistory({ id, email, status }: { id: number; email: string | null; status: string | null }) {
  const [open, setOpen] = useState(false);
  const online = useOnline();
  if (!useCan('readPersonal')) return null;
  return (
    <>
      <Button size="compact-xs" variant="default" disabled={!online} onClick={() => setOpen(true)}>
        Consent history
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="Consent history" size={520}>
        {email === null ? null : <AllMail id={id} email={email} status={status} />}
        <Entries id={id} />
      </Modal>
    </>
  );
}

/** Mail to the address as a whole: everybody who has the address is meant. */
function AllMail({ id, email, status }: { id: number; email: string; status: string | null }) {
  const [evidence, setEvidence] = useState('');
  const [busy, setBusy] = useState(false);
  const mayChange = useCan('editContacts');
  const allowed = status === 'subscribed';
  const change = async () => {
    setBusy(true);
    try {
      await data.actions.setMail({ contactId: id, allowed: !allowed, evidence: evidence.trim() || null });
      setEvidence('');
    } catch (error) {
      notifyError('Nothing was changed', error);
    }
    setBusy(false);
  };
  if (!mayChange) return null;
  return (
    <div className={classes.all}>
      <TextInput
        className={classes.grow}
        label={allowed ? `Stop all email to ${email}` : `Allow email to ${email} again`}
        description={allowed ? 'Why, if you like' : 'How do you know that they want it?'}
        maxLength={500}
        value={evidence}
        onChange={(event) => setEvidence(event.currentTarget.value)}
      />
      <Button
        color={allowed ? 'red.9' : undefined}
        loading={busy}
        disabled={!allowed && evidence.trim() === ''}
        onClick={() => void change()}
      >
        {allowed ? 'Stop' : 'Allow'}
      </Button>
    </div>
  );
}

function Entries({ id }: { id: number }) {
  const found = useLive((from) => from.actions.consentHistory(id), [id], ['columns']);
  const names = new Map((useLists() ?? []).map((list) => [list.id, list.name]));
  if (found.value === undefined) {
    if (found.error === null) return <p className={classes.dim}>Asking the server…</p>;
    return <ErrorState inline title="The history is not shown" error={found.error} retry={found.reload} />;
  }
  if (found.value.length === 0) return <p className={classes.dim}>Nothing was said yet.</p>;
  const subject = ({ purpose, address }: ConsentRecord) =>
    purpose === 'all' ? `all email${address === null ? '' : ` at ${address}`}` : (names.get(purpose) ?? 'a category');
  return (
    <ul className={classes.list} aria-label="Consent history">
      {found.value.map((entry, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are only added and have no other identity
        <li key={place} className={classes.entry}>
          <span className={classes.words}>
            {acts[entry.act]} {subject(entry)}, by {sources[entry.source]}
            {[entry.reason, entry.evidence, entry.textVersion].filter(Boolean).map((text) => ` · “${text}”`)}
          </span>
          <span className={classes.since}>
            <Time at={entry.at} withTime />
          </span>
        </li>
      ))}
    </ul>
  );
}
