import { ActionIcon, Button, CopyButton, Skeleton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { usePersonalHere } from '#renderer/parts/personal-here.ts';
import { useCan } from '#renderer/parts/use-can.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import { Delayed } from '#renderer/ui/delayed.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyError } from '#renderer/ui/notify.ts';
import { PanelSection } from '#renderer/ui/panel.tsx';
import { Time } from '#renderer/ui/time.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import type { ContactIdentifier } from '#shared/contact/contact-identifier.ts';
import { identifiers as specs } from '#shared/contact/identifiers.ts';
import { AddValueForm } from './add-value-form.tsx';
import classes from './contact-identifiers.module.css';
import { shortToken } from './short-token.ts';
import { type Identifiers, useIdentifiers } from './use-identifiers.ts';

/** How many are shown before somebody asks for the rest: a busy person has dozens of browsers. */
const FIRST = 5;

/** What leads to a contact besides its emails and phones. Its number is known here; the rest the server tells. */
export function ContactIdentifiers({ id }: { id: number }) {
  const format = useFormat();
  const personal = usePersonalHere();
  const found = useIdentifiers(id, personal);
  const count = found.value?.length ?? 0;
  return (
    <PanelSection title="Devices and identifiers" aside={count === 0 ? undefined : format.count(count)}>
      <ul className={classes.list}>
        <Entry label="Muster ID" value={String(id)} />
      </ul>
      {personal ? (
        <Further id={id} found={found} />
      ) : (
        <p className={classes.dim}>Devices, chats and numbers are personal data, which is not shown here.</p>
      )}
    </PanelSection>
  );
}

function Further({ id, found }: { id: number; found: Identifiers }) {
  const online = useOnline();
  const format = useFormat();
  const mayChange = useCan('editContacts');
  const [all, setAll] = useState(false);
  const { value, error, reload } = found;
  if (value === null) {
    if (!online) return <p className={classes.dim}>Devices and identifiers are shown when the server is there.</p>;
    if (error !== null) {
      return <ErrorState inline title="The identifiers are not shown" error={error} retry={() => void reload()} />;
    }
    return (
      <Delayed>
        <Skeleton height={20} role="status" aria-label="Asking the server for identifiers" />
      </Delayed>
    );
  }
  const shown = all ? value : value.slice(0, FIRST);
  const change = async (act: 'add' | 'remove', number: string) => {
    await data.actions.changeAddress({ contactId: id, act, kind: 'loyaltyNumber', value: number });
    await reload();
  };
  const remove = async (number: string) => {
    try {
      await change('remove', number);
    } catch (problem) {
      notifyError('The loyalty number was not removed', problem);
    }
  };
  return (
    <>
      {value.length === 0 ? <p className={classes.dim}>No devices, chats or other identifiers yet.</p> : null}
      <ul className={classes.list}>
        {shown.map((one) => (
          <Entry key={`${one.kind} ${one.value}`} label={specs[one.kind].label} value={one.value} origin={one}>
            {one.kind === 'loyaltyNumber' && mayChange ? (
              <Tooltip label="Remove">
                <ActionIcon
                  size="sm"
                  aria-label={`Remove loyalty number ${one.value}`}
                  disabled={!online}
                  onClick={() => void remove(one.value)}
                >
                  <IconX size={14} stroke={1.5} />
                </ActionIcon>
              </Tooltip>
            ) : null}
          </Entry>
        ))}
      </ul>
      {value.length > FIRST ? (
        <Button size="compact-xs" variant="subtle" color="gray" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${format.count(value.length)}`}
        </Button>
      ) : null}
      {mayChange ? (
        <AddValueForm
          label="Another loyalty number"
          placeholder="Loyalty number"
          disabled={!online}
          onAdd={(number) => change('add', number)}
        />
      ) : null}
    </>
  );
}

type EntryProps = {
  label: string;
  value: string;
  origin?: Pick<ContactIdentifier, 'since' | 'source'>;
  children?: ReactNode;
};

function Entry({ label, value, origin, children }: EntryProps) {
  return (
    <li className={classes.entry}>
      <span className={classes.kind}>{label}</span>
      <span className={classes.value} title={value}>
        {shortToken(value)}
      </span>
      <span className={classes.buttons}>
        {children}
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <ActionIcon size="sm" aria-label={`Copy ${label} ${shortToken(value)}`} onClick={copy}>
                {copied ? <IconCheck size={14} stroke={1.5} /> : <IconCopy size={14} stroke={1.5} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </span>
      {origin && (origin.since !== null || origin.source !== null) ? (
        <span className={classes.origin}>
          {origin.since === null ? null : (
            <>
              since <Time at={origin.since} />
            </>
          )}
          {origin.since !== null && origin.source !== null ? ' · ' : null}
          {origin.source}
        </span>
      ) : null}
    </li>
  );
}
