import type { Keep } from '#renderer/data/data-api.ts';
import type { Format } from '#renderer/ui/format.ts';

const DAY_MS = 86_400_000;

/** A shorter time than another; null = all of it. */
const shorter = (a: Keep['eventDays'], b: Keep['eventDays']): boolean =>
  a !== b && (b === null || (a !== null && a < b));

export type KeepChange = {
  /** What leaves this device, one sentence each; empty when nothing does. */
  deleted: string[];
  /** What is fetched. */
  fetched: string[];
};

/** What changing from one choice to the other does to this device. */
export function keepChange(from: Keep, to: Keep, format: Format, now: number): KeepChange {
  const change: KeepChange = { deleted: [], fetched: [] };
  if (shorter(to.eventDays, from.eventDays)) {
    const before = format.date(now - (to.eventDays ?? 0) * DAY_MS);
    change.deleted.push(
      `Events before ${before} are deleted from this device. Segments and lists that look further back count only what is here, and say so.`,
    );
  } else if (shorter(from.eventDays, to.eventDays)) {
    change.fetched.push(
      to.eventDays === null
        ? 'All earlier events are downloaded.'
        : `Events since ${format.date(now - to.eventDays * DAY_MS)} are downloaded.`,
    );
  }
  if (from.personal && !to.personal) {
    change.deleted.push(
      'Names, addresses and all other personal values are deleted from this device and cannot be read from it any more. People appear by number, and cannot be searched by name here.',
    );
  } else if (!from.personal && to.personal) {
    change.fetched.push('Names, addresses and other personal values are downloaded and stored encrypted.');
  }
  return change;
}
