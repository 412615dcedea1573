import { useState } from 'react';
import { notifyError } from '#renderer/ui/notify.ts';

/** Runs one of the server's actions: which one is under way, and a failure in words in the corner. */
export function useCampaignAction(): {
  busy: string | null;
  run: (name: string, failed: string, action: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState<string | null>(null);
  const run = async (name: string, failed: string, action: () => Promise<unknown>) => {
    setBusy(name);
    try {
      await action();
      return true;
    } catch (error) {
      notifyError(failed, error);
      return false;
    } finally {
      setBusy(null);
    }
  };
  return { busy, run };
}
