/**
 * The newest events of the contacts whose cards were looked at, with what they say: columns hold only who, when and which
 * type, and are not read for a card. Kept values are personal: they lie sealed, and go with the contact or with the right
 * to see them.
 */
import { z } from 'zod';
import type { MetaStore } from '#renderer/data/store/meta.ts';
import { type EventDetail, eventDetail } from '#shared/event/event-detail.schema.ts';
import { keepLatest } from './keep-latest.ts';

/** Also known to store/forgetting.ts. */
export const DETAILS_PREFIX = 'events:';

const kept = z.object({ contactId: z.int(), at: z.number(), events: z.array(eventDetail) });

const keyOf = (contactId: number): string => `${DETAILS_PREFIX}${contactId}`;

/** Newest first; null where the server was not asked about the contact. */
export async function readDetails(meta: MetaStore, contactId: number): Promise<readonly EventDetail[] | null> {
  return (await meta.get(keyOf(contactId), kept))?.events ?? null;
}

export async function keepDetails(
  meta: MetaStore,
  contactId: number,
  events: readonly EventDetail[],
  now: number,
): Promise<void> {
  await meta.set(keyOf(contactId), { contactId, at: now, events: [...events] });
  await keepLatest(meta, DETAILS_PREFIX);
}
