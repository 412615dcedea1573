import { useEffect } from 'react';
import { create } from 'zustand';
import { data } from '#renderer/data/client.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { useCan } from './use-can.ts';

/** Whether this device keeps names and addresses; true until it is known. */
const useKept = create<{ personal: boolean }>(() => ({ personal: true }));

export const setPersonalKept = (personal: boolean): void => useKept.setState({ personal });

/** Keeps it current; used once, by the shell. */
export function useWatchPersonal(): void {
  const keep = useLive(async () => (await data.localData()).keep, [], ['session']);
  const personal = keep.value?.personal;
  useEffect(() => {
    if (personal !== undefined) setPersonalKept(personal);
  }, [personal]);
}

/** Whether names and addresses can be shown: the role allows it, and this device keeps them. */
export function usePersonalHere(): boolean {
  const kept = useKept((state) => state.personal);
  return useCan('readPersonal') && kept;
}
