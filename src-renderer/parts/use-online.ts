import { useStatus } from '#renderer/data/hooks.ts';

/** Whether the server can be reached. True until it is known, so that nothing flashes as disabled. */
export function useOnline(): boolean {
  const status = useStatus();
  return status === undefined || status.online;
}
