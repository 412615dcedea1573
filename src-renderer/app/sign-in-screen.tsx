import { IconInfoCircle } from '@tabler/icons-react';
import { useWorkspace } from '#renderer/platform/workspace.ts';
import { Notice } from '#renderer/ui/notice.tsx';
import type { SystemInfo } from '#shared/api/ports.ts';
import classes from './entry.module.css';
import { Entry } from './entry.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { WorkspaceChoice } from './workspace-choice.tsx';

/** Nobody is signed in on this device. `info` is null when the server has never been reached; `notice` says why, if nobody here asked for it. */
export function SignInScreen({ info, notice }: { info: SystemInfo | null; notice: string | null }) {
  const choice = useWorkspace(true);
  if (info === null && choice?.mode === 'none') {
    return (
      <Entry title="Welcome to Muster" text="Where should your customers’ data be kept?">
        <WorkspaceChoice state={choice} />
      </Entry>
    );
  }
  return (
    <Entry
      title={info ? info.workspace.name : 'Muster'}
      text={
        info
          ? 'Sign in to go on.'
          : 'The server cannot be reached. Sign-in needs it once; afterwards the app works without it.'
      }
    >
      {notice === null ? null : (
        <div className={classes.notice}>
          <Notice tone="warn" icon={<IconInfoCircle size={18} stroke={1.5} />} title="You were signed out here">
            {notice}
          </Notice>
        </div>
      )}
      <SignInForm />
      <WorkspaceChoice state={choice} />
    </Entry>
  );
}
