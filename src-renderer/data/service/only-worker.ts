/**
 * One worker at a time owns the data, also while windows of an older build are open: every build has a worker of its own
 * address, so a new one asks the old one to let go, and waits for its lock.
 */
import { z } from 'zod';

const NAME = 'muster-data';
const callSchema = z.object({ takeOver: z.string() });

/** Runs `own` as the only worker. `letGo` is called when a newer one wants to take over; the lock is free when it is done. */
export function runAlone(own: () => void, letGo: () => Promise<void>): Promise<void> {
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(NAME);
  const retired = Promise.withResolvers<void>();
  let owning = false;
  let replaced = false;
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    const call = callSchema.safeParse(event.data);
    if (!call.success || call.data.takeOver === me) return;
    channel.close();
    replaced = true;
    if (owning) letGo().then(retired.resolve, retired.reject);
  });
  channel.postMessage({ takeOver: me });
  return navigator.locks.request(NAME, async () => {
    // One that was replaced while it waited must not begin any more.
    if (replaced) return letGo();
    owning = true;
    own();
    await retired.promise;
  });
}
