import { Button, type ButtonVariant } from '@mantine/core';
import { useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { notifyDone, notifyError } from '#renderer/ui/notify.ts';
import { useFormat } from '#renderer/ui/use-format.tsx';
import classes from './load-demo-button.module.css';
import { useCan } from './use-can.ts';

type Props = { onLoaded?: () => void; variant?: ButtonVariant };

/** Fills an empty workspace with the demo shop. Its addresses can never be mailed outside a test sink. */
export function LoadDemoButton({ onLoaded, variant = 'default' }: Props) {
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
    <Button
      variant={variant}
      aria-busy={busy}
      // Still to be focused and read while it works, unlike a button that is switched off.
      aria-disabled={busy}
      data-disabled={busy || undefined}
      onClick={() => {
        if (!busy) void load();
      }}
    >
      <span className={classes.label} aria-live="polite">
        <span className={busy ? classes.hidden : undefined}>Load the demo shop</span>
        <span className={busy ? undefined : classes.hidden}>Loading, about 5 s…</span>
      </span>
    </Button>
  );
}
