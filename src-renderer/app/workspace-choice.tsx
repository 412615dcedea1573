import { Alert, Button, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { connectToServer, startLocalWorkspace } from '#renderer/platform/workspace.ts';
import { describeError } from '#renderer/ui/error-words.ts';
import type { WorkspaceState } from '#shared/desktop/desktop-contract.ts';
import classes from './entry.module.css';

/** In the desktop app: whether Muster runs on this computer alone or belongs to a server. */
export function WorkspaceChoice({ state }: { state: WorkspaceState | null }) {
  const [address, setAddress] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ at: 'address' | 'computer'; words: string } | null>(null);
  // The environment has decided, or this is a browser.
  if (state === null || state.mode === 'fixed') return null;

  const change = async (at: 'address' | 'computer', make: () => Promise<WorkspaceState | null>) => {
    setBusy(true);
    setFailed(null);
    try {
      const next = await make();
      if (next?.problem) setFailed({ at, words: next.problem });
      else window.location.reload();
    } catch (error) {
      setFailed({ at, words: describeError(error).message });
    } finally {
      setBusy(false);
    }
  };
  const asking = address !== null || state.mode === 'server';
  // What is wrong with an address stands at its field.
  const words = failed?.at === 'computer' ? failed.words : state.local === 'failed' ? state.problem : null;
  return (
    <section aria-label="Where Muster runs" className={classes.form}>
      {words === null ? null : (
        <Alert color="red" role="alert">
          {words}
        </Alert>
      )}
      {state.mode === 'local' && state.local === 'starting' ? (
        <Text role="status" c="dimmed">
          Starting Muster on this computer…
        </Text>
      ) : null}
      {state.mode === 'local' && state.local !== 'failed' ? null : (
        <Button
          variant={state.mode === 'none' ? 'filled' : 'default'}
          loading={busy}
          onClick={() => void change('computer', startLocalWorkspace)}
        >
          {state.mode === 'local' ? 'Start again' : 'Use this computer only'}
        </Button>
      )}
      {state.mode === 'none' ? (
        <Text size="xs" c="dimmed">
          For one person: Muster runs here with a database of its own. Links in the emails you send work only while this
          computer is awake.
        </Text>
      ) : null}
      {asking ? (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            void change('address', () => connectToServer((address ?? state.url).trim()));
          }}
        >
          <TextInput
            label="Server address"
            type="url"
            placeholder="https://muster.example.com"
            value={address ?? state.url}
            error={failed?.at === 'address' ? failed.words : null}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={busy}>
            Use this server
          </Button>
        </form>
      ) : (
        <Button variant="default" onClick={() => setAddress('')}>
          Connect to a server
        </Button>
      )}
    </section>
  );
}
