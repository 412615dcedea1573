import { Modal } from '@mantine/core';
import { memo, useEffect } from 'react';
import { SyncPanel } from '#renderer/features/sync/sync-panel.tsx';
import { useWatchEventTypes } from '#renderer/parts/event-names.ts';
import { useWatchPersonal } from '#renderer/parts/personal-here.ts';
import { useWatchSending } from '#renderer/parts/sending-status.ts';
import { useWatchFields } from '#renderer/parts/watch-fields.ts';
import { Palette } from './palette.tsx';
import { Shell } from './shell.tsx';
import { useShellState } from './shell-state.ts';
import { ShortcutsHelp } from './shortcuts-help.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { StatusProvider, useCurrentStatus } from './status-context.tsx';
import { useRunNotices } from './use-run-notices.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** The app for somebody who is signed in. It is drawn once: what changes by itself is watched further below. */
export const Workspace = memo(function Workspace({ name, email }: { name: string; email: string }) {
  useEffect(() => {
    document.title = `${name} · Muster`;
  }, [name]);
  return (
    <StatusProvider>
      <Watches />
      <Shell workspace={name} />
      <Palette />
      <ShortcutsHelp />
      <SyncDrawer />
      <SignInAgain email={email} />
    </StatusProvider>
  );
});

/** What goes on wherever one is. */
function Watches() {
  useShortcuts();
  useRunNotices();
  useWatchSending();
  useWatchPersonal();
  useWatchFields();
  useWatchEventTypes();
  return null;
}

function SyncDrawer() {
  const status = useCurrentStatus();
  const opened = useShellState((state) => state.syncOpened);
  if (!status) return null;
  return <SyncPanel status={status} opened={opened} onClose={() => useShellState.setState({ syncOpened: false })} />;
}

function SignInAgain({ email }: { email: string }) {
  const opened = useShellState((state) => state.signInOpened);
  const close = () => useShellState.setState({ signInOpened: false });
  return (
    <Modal opened={opened} onClose={close} title="Sign in again" size={380}>
      <SignInForm email={email} onDone={close} />
    </Modal>
  );
}
