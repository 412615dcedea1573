import { Button } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import { useCan } from './use-can.ts';

/** Fills an empty workspace with the demo shop. Its addresses can never be mailed outside a test sink. */
export function LoadDemoButton({ onLoaded }: { onLoaded?: () => void }) {
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const allowed = useCan('administer');
  const load = async () => {
    setBusy(true);
    try {
      const { contacts, orders } = await data.actions.loadDemo();
      notifyDone(`The demo shop is in: ${format.counted(contacts, 'contact')} and ${format.counted(orders, 'order')}.`);
      onLoaded?.();
    } catch (error) {
      notifyError('The demo shop was not loaded', error);
    } finally {
      setBusy(false);
    }
  };
  if (!allowed) return null;
  return (
    <Button variant="default" loading={busy} onClick={() => void load()}>
      Load the demo shop
    </Button>
  );
}
