import { Button } from '@mantine/core';
import { useSession } from '#renderer/data/hooks.ts';
import { signOut } from '#renderer/parts/sign-out.ts';
import { Section } from './section.tsx';
import classes from './settings.module.css';

/** Who is signed in, and the workspace. */
export function AccountSettings() {
  const session = useSession();
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
        </dl>
      </Section>
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
