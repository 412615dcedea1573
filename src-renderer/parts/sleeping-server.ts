import type { SendingStatus } from '#shared/api/ports.ts';

const LINKS = 'Links in this mail work only while this computer is awake and Muster is open.';

/** What to know about links in a mail that leaves from a server that sleeps with this computer; null with any other. */
export function sleepingLinks(status: Pick<SendingStatus, 'localWorkspace'> | null): string | null {
  return status?.localWorkspace ? LINKS : null;
}

/** A sentence, followed by what is to be known about links where the server sleeps with this computer. */
export function withSleepingLinks(sentence: string, status: Pick<SendingStatus, 'localWorkspace'> | null): string {
  const links = sleepingLinks(status);
  return links === null ? sentence : `${sentence} ${links}`;
}
