import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { ConfirmHost } from '#renderer/ui/confirm.tsx';
import { cssVariables, theme } from '#renderer/ui/theme.ts';
import { Shell } from './shell.tsx';

/** The whole page. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <ConfirmHost />
      <Shell workspace="Muster" onSearch={() => undefined} foot={null} banners={null} />
    </MantineProvider>
  );
}
