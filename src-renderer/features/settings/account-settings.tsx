import { Button } from '@mantine/core';
import { useSession } from '#renderer/data/hooks.ts';
import { signOut, switchServer } from '#renderer/parts/sign-out.ts';
import { useRole } from '#renderer/parts/use-can.ts';
import { useWorkspace } from '#renderer/platform/workspace.ts';
import { roleWords } from '#shared/account/roles.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** Who is signed in, and the workspace. */
export function AccountSettings() {
  const session = useSession();
  const role = useRole();
  if (session.state !== 'signedIn') return null;
  const { user, workspace } = session;
  return (
    <>
      <Section
        title="Account"
        aside={
          <Button variant="default" onClick={() => void signOut()}>
            Sign out
          </Button>
        }
      >
        <dl className={classes.facts}>
          <dt>Name</dt>
          <dd>{user.name}</dd>
          <dt>Email</dt>
          <dd>{user.email}</dd>
          {role === null ? null : (
            <>
              <dt>Role</dt>
              <dd>
                {roleWords[role].name} <span className={classes.hint}>{roleWords[role].about}</span>
              </dd>
            </>
          )}
        </dl>
      </Section>
      <WhereItRuns />
      <Section title="Workspace" text="Dates, days and weeks in lists and reports follow the workspace’s time zone.">
        <dl className={classes.facts}>
          <dt>Name</dt>
          <dd>{workspace.name}</dd>
          <dt>Time zone</dt>
          <dd>{workspace.timeZone}</dd>
          <dt>Currency</dt>
          <dd>{workspace.currency}</dd>
        </dl>
      </Section>
    </>
  );
}

/** In the desktop app: which server this device belongs to, and the way to another one. */
function WhereItRuns() {
  const state = useWorkspace(false);
  if (state === null || state.mode === 'fixed') return null;
  return (
    <Section
      title="Where Muster runs"
      text="Another server is another workspace with data of its own. You are signed out here first."
      aside={
        <Button variant="default" onClick={() => void switchServer()}>
          Switch…
        </Button>
      }
    >
      <dl className={classes.facts}>
        <dt>Server</dt>
        <dd>{state.mode === 'local' ? 'This computer' : state.url}</dd>
      </dl>
    </Section>
  );
}
