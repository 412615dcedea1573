import { useCallback, useEffect, useState } from 'react';
import { data } from '#renderer/data/client.ts';
import { useOnline } from '#renderer/parts/use-online.ts';
import type { ContactIdentifier } from '#shared/contact/contact-identifier.ts';

/** Who leafs through cards asks nothing of those that are only passed. */
const LEAFING_MS = 250;

export type Identifiers = {
  /** Null until the server answered; what it said stays while it is away. */
  value: readonly ContactIdentifier[] | null;
  error: unknown;
  reload: () => Promise<void>;
};

/** What leads to a contact. It is not kept on the device: the server is asked while it is there and `wanted` says so. */
export function useIdentifiers(id: number, wanted: boolean): Identifiers {
  const online = useOnline();
  const [value, setValue] = useState<readonly ContactIdentifier[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const reload = useCallback(async () => {
    try {
      setValue(await data.actions.contactIdentifiers(id));
      setError(null);
    } catch (problem) {
      setError(problem);
    }
  }, [id]);
  useEffect(() => {
    if (!online || !wanted) return;
    const timer = window.setTimeout(() => void reload(), LEAFING_MS);
    return () => window.clearTimeout(timer);
  }, [online, wanted, reload]);
  return { value, error, reload };
}
