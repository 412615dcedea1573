import { Modal } from '@mantine/core';
import { useEffect, useLayoutEffect } from 'react';
import { useStatus } from '#renderer/data/hooks.ts';
import { SyncPanel } from '#renderer/features/sync/sync-panel.tsx';
import { useWatchPersonal } from '#renderer/parts/personal-here.ts';
import { useWatchSending } from '#renderer/parts/sending-status.ts';
import { setRole } from '#renderer/parts/use-can.ts';
import { Banners } from './banners.tsx';
import { LocalServerBanner } from './local-server-banner.tsx';
import { openPalette, Palette } from './palette.tsx';
import { Shell } from './shell.tsx';
import { useShellState } from './shell-state.ts';
import { ShortcutsHelp } from './shortcuts-help.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { StatusPill } from './status-pill.tsx';
import { useRunNotices } from './use-run-notices.ts';
import { useShortcuts } from './use-shortcuts.ts';

/** The app for somebody who is signed in. */
export function Workspace({ name, email }: { name: string; email: string }) {
  const status = useStatus();
  const { syncOpened, signInOpened } = useShellState();
  useShortcuts();
  useRunNotices();
  useWatchSending();
  useWatchPersonal();
  const role = status?.role ?? null;
  // Before the paint, so that nothing is offered for a frame that the role does not allow.
  useLayoutEffect(() => setRole(role), [role]);
  useEffect(() => {
    document.title = `${name} · Muster`;
  }, [name]);
  return (
    <>
      <Shell
        workspace={name}
        onSearch={openPalette}
        reviews={status?.reviews ?? 0}
        foot={<StatusPill status={status} />}
        banners={
          <>
            <LocalServerBanner online={status?.online ?? true} />
            <Banners status={status} />
          </>
        }
      />
      <Palette />
      <ShortcutsHelp />
      {status ? (
        <SyncPanel status={status} opened={syncOpened} onClose={() => useShellState.setState({ syncOpened: false })} />
      ) : null}
      <Modal
        opened={signInOpened}
        onClose={() => useShellState.setState({ signInOpened: false })}
        title="Sign in again"
        size={380}
      >
        <SignInForm email={email} onDone={() => useShellState.setState({ signInOpened: false })} />
      </Modal>
    </>
  );
}
