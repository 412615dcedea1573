import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { useDeferredValue } from 'react';
import { useSession } from '#renderer/data/hooks.ts';
import { ChooseHost } from '#renderer/ui/choose.tsx';
import { ConfirmHost } from '#renderer/ui/confirm.tsx';
import { cssVariables, theme } from '#renderer/ui/theme.ts';
import { FormatProvider } from '#renderer/ui/use-format.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { SetupScreen } from './setup-screen.tsx';
import { SignInScreen } from './sign-in-screen.tsx';
import { Starting } from './starting.tsx';
import { useDesktopLinks } from './use-desktop-links.ts';
import { Workspace } from './workspace.tsx';

/** The whole page. */
export function App() {
  useDesktopLinks();
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <ErrorBoundary>
        <Notifications position="bottom-right" limit={4} />
        <Gate />
      </ErrorBoundary>
    </MantineProvider>
  );
}

/** First run, sign-in or the workspace; offline, the last session opens. */
function Gate() {
  // The workspace is drawn in slices between which a click is answered.
  const session = useDeferredValue(useSession());
  switch (session.state) {
    case 'starting':
      return <Starting />;
    case 'setup':
      return <SetupScreen />;
    case 'signedOut':
      return <SignInScreen info={session.info} notice={session.notice ?? null} />;
    case 'signedIn':
      return (
        <FormatProvider zone={session.workspace.timeZone} currency={session.workspace.currency}>
          <ConfirmHost />
          <ChooseHost />
          <Workspace name={session.workspace.name} email={session.user.email} />
        </FormatProvider>
      );
  }
}
