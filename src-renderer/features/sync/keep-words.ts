import type { Keep } from '#renderer/data/data-api.ts';
import type { Format } from '#renderer/ui/format.ts';

const DAY_MS = 86_400_000;

/** A shorter time than another; null = all of it. */
const shorter = (a: Keep['eventDays'], b: Keep['eventDays']): boolean =>
  a !== b && (b === null || (a !== null && a < b));

export type KeepChange = {
  /** What leaves this device, one text each; empty when nothing does. */
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
      `Older events leave this device in larger pieces of about 65,000 events, each once all of it is from before ${before}. Until then some older events stay; with few events, all of them may. Segments and lists that look further back count only what is here, and say so.`,
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

/** What is said once a change is made; nothing that has not happened. */
export function doneWords(from: Keep, to: Keep): string {
  const eventsGo = shorter(to.eventDays, from.eventDays);
  if (from.personal && !to.personal) return 'This device keeps less from now on.';
  if (eventsGo) return 'Noted. Older events leave this device as soon as a whole piece of them is old.';
  return 'What was missing is downloaded.';
}
