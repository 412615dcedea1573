import { Button, CopyButton, Modal, Select, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { confirm } from '#renderer/ui/confirm.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import list from '#renderer/ui/list.module.css';
import { notifyError } from '#renderer/ui/notify.ts';
import { Time } from '#renderer/ui/time.tsx';
import type { ApiKeyInfo, ApiKeyScope } from '#shared/api/ports.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

const scopes: { value: ApiKeyScope; label: string }[] = [
  { value: 'full', label: 'Everything' },
  { value: 'events', label: 'Events only' },
  { value: 'contacts', label: 'Events and contacts' },
  { value: 'contacts-add', label: 'Events, adding contacts' },
  { value: 'messages', label: 'Messages only' },
];
const scopeLabel = (scope: ApiKeyScope) => scopes.find(({ value }) => value === scope)?.label ?? scope;

/** Keys for programs that write into this workspace. */
export function ApiKeySettings() {
  const keys = useLive((from) => from.actions.listApiKeys(), [], ['status']);
  const [made, setMade] = useState<string | null>(null);
  const revoke = async (key: ApiKeyInfo) => {
    const yes = await confirm({
      title: `Revoke “${key.name || key.hint}”?`,
      consequence: 'Programs that use this key are refused from now on. This cannot be taken back.',
      action: 'Revoke key',
      danger: true,
    });
    if (!yes) return;
    try {
      await data.actions.revokeApiKey(key.id);
      keys.reload();
    } catch (error) {
      notifyError('The key was not revoked', error);
    }
  };
  const switchKey = async (key: ApiKeyInfo) => {
    try {
      await data.actions.setApiKeyEnabled({ id: key.id, enabled: !key.enabled });
      keys.reload();
    } catch (error) {
      notifyError(key.enabled ? 'The key was not switched off' : 'The key was not switched on', error);
    }
  };
  return (
    <Section
      title="API keys"
      text="A shop, a tracker or a script uses a key to send contacts, orders and events. Only a fingerprint is stored."
    >
      <NewKey
        onMade={(key) => {
          setMade(key);
          keys.reload();
        }}
      />
      {keys.value === undefined ? (
        keys.error === null ? null : (
          <ErrorState inline title="The keys are not shown" error={keys.error} retry={keys.reload} />
        )
      ) : keys.value.length === 0 ? (
        <p className={classes.text}>No keys yet.</p>
      ) : (
        <table className={list.table}>
          <thead>
            <tr>
              <th scope="col" style={{ width: 52 }}>
                On
              </th>
              <th scope="col">Name</th>
              <th scope="col">Opens</th>
              <th scope="col">Key</th>
              <th scope="col">Created</th>
              <th scope="col">Last used</th>
              <th scope="col" style={{ width: 84 }} aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {keys.value.map((key) => (
              <tr key={key.id}>
                <td>
                  <Switch
                    size="xs"
                    checked={key.enabled}
                    aria-label={`${key.name || key.hint} is on`}
                    onChange={() => void switchKey(key)}
                  />
                </td>
                <td title={key.createdBy === null ? key.name : `${key.name}, made by ${key.createdBy}`}>{key.name}</td>
                <td>{scopeLabel(key.scope)}</td>
                <td className={list.dim}>{key.hint}</td>
                <td className={list.dim}>
                  <Time at={key.createdAt} />
                </td>
                <td className={list.dim}>{key.lastUsedAt === null ? 'Never' : <Time at={key.lastUsedAt} />}</td>
                <td>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="red"
                    aria-label={`Revoke ${key.name || key.hint}`}
                    onClick={() => void revoke(key)}
                  >
                    Revoke
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Modal opened={made !== null} onClose={() => setMade(null)} title="Your new key" size={460}>
        <p className={classes.text}>Copy it now: it is shown only this once.</p>
        <div className={classes.key}>{made}</div>
        <CopyButton value={made ?? ''}>
          {({ copied, copy }) => (
            <Button fullWidth onClick={copy} data-autofocus>
              {copied ? 'Copied' : 'Copy the key'}
            </Button>
          )}
        </CopyButton>
      </Modal>
    </Section>
  );
}

function NewKey({ onMade }: { onMade: (key: string) => void }) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<ApiKeyScope>('full');
  const [busy, setBusy] = useState(false);
  const create = async () => {
    setBusy(true);
    try {
      const { key } = await data.actions.createApiKey({ scope, name: name.trim() });
      setName('');
      onMade(key);
    } catch (error) {
      notifyError('No key was made', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes.row}
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <TextInput
        className={classes.grow}
        label="What uses it"
        placeholder="Web shop"
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label="Opens"
        data={scopes}
        value={scope}
        allowDeselect={false}
        onChange={(next) => setScope(scopes.find(({ value }) => value === next)?.value ?? 'full')}
      />
      <Button type="submit" loading={busy} disabled={name.trim() === ''}>
        Create key
      </Button>
    </form>
  );
}
