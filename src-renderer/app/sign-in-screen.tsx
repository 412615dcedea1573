import type { SystemInfo } from '#shared/api/ports.ts';
import { Entry } from './entry.tsx';
import { ServerAddress } from './server-address.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Nobody is signed in on this device. `info` is null when the server has never been reached. */
export function SignInScreen({ info }: { info: SystemInfo | null }) {
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
      <ServerAddress />
    </Entry>
  );
}
