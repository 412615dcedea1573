/**
 * The newest events of the contacts whose cards were looked at, with what they say: columns hold only who, when and which
 * type, and are not read for a card. Kept values are personal: they lie sealed, and go with the contact or with the right
 * to see them.
 */
import { z } from 'zod';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import { type EventDetail, eventDetail } from '#shared/event/event-detail.schema.ts';

/** Also known to store/forgetting.ts. */
export const DETAILS_PREFIX = 'events:';
const MOST_CONTACTS = 50;

const kept = z.object({ contactId: z.int(), at: z.number(), events: z.array(eventDetail) });

const keyOf = (contactId: number): string => `${DETAILS_PREFIX}${contactId}`;

/** Newest first; null where the server was not asked about the contact. */
export async function readDetails(meta: MetaStore, contactId: number): Promise<readonly EventDetail[] | null> {
  return (await meta.get(keyOf(contactId), kept))?.events ?? null;
}

/** Of contacts that were looked at long ago nothing is kept. */
export async function keepDetails(
  meta: MetaStore,
  contactId: number,
  events: readonly EventDetail[],
  now: number,
): Promise<void> {
  await meta.set(keyOf(contactId), { contactId, at: now, events: [...events] });
  const all = await meta.list(DETAILS_PREFIX, kept);
  if (all.length <= MOST_CONTACTS) return;
  const oldest = all.toSorted((a, b) => a.value.at - b.value.at).slice(0, all.length - MOST_CONTACTS);
  await meta.remove(oldest.map(({ key }) => key));
  await meta.purge();
}
