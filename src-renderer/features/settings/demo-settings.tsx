import { Button } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { LoadDemoButton } from '#renderer/parts/load-demo-button.tsx';
import { confirm } from '#renderer/ui/confirm.tsx';
import { ErrorState } from '#renderer/ui/error-state.tsx';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { StatusDot } from '#renderer/ui/status-dot.tsx';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { Section } from './section.tsx';

/** The demo shop: there or not, and how to change that. */
export function DemoSettings() {
  const format = useFormat();
  const loaded = useLive((from) => from.actions.demoLoaded(), [], ['columns', 'status']);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    const yes = await confirm({
      title: 'Remove the demo shop?',
      consequence: 'All its contacts, with their orders, events and deliveries, go. Your own data stays.',
      action: 'Remove the demo shop',
      danger: true,
    });
    if (!yes) return;
    setBusy(true);
    try {
      const { contacts } = await data.actions.removeDemo();
      notifyDone(`The demo shop is gone: ${format.counted(contacts, 'contact')} removed.`);
      loaded.reload();
    } catch (error) {
      notifyError('The demo shop was not removed', error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section
      title="Demo shop"
      text="A made-up shop to try everything with: contacts, orders and six months of events. Its addresses can never be mailed outside a test sink."
      aside={
        loaded.value === undefined ? null : loaded.value ? (
          <Button variant="default" loading={busy} onClick={() => void remove()}>
            Remove the demo shop
          </Button>
        ) : (
          <LoadDemoButton onLoaded={loaded.reload} />
        )
      }
    >
      {loaded.value === undefined ? (
        loaded.error === null ? null : (
          <ErrorState inline title="Only the server knows" error={loaded.error} retry={loaded.reload} />
        )
      ) : (
        <StatusDot tone={loaded.value ? 'accent' : 'neutral'}>{loaded.value ? 'Loaded' : 'Not loaded'}</StatusDot>
      )}
    </Section>
  );
}
