import { useWorkspace } from '#renderer/platform/workspace.ts';
import type { SystemInfo } from '#shared/api/ports.ts';
import { Entry } from './entry.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { WorkspaceChoice } from './workspace-choice.tsx';

/** Nobody is signed in on this device. `info` is null when the server has never been reached. */
export function SignInScreen({ info }: { info: SystemInfo | null }) {
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
      <SignInForm />
      <WorkspaceChoice state={choice} />
    </Entry>
  );
}
