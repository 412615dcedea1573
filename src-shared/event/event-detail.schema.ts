import { z } from 'zod';

/** Of how many of a contact's newest events the server tells a card. */
export const MOST_EVENT_DETAILS = 300;

/** One of a contact's events, with what it says beyond who, when and which type. */
export const eventDetail = z.object({
  rowId: z.int(),
  at: z.number(),
  type: z.string(),
  /** Null when it is too long to keep on devices, or not for whoever asks. */
  params: z.record(z.string(), z.unknown()).nullable(),
  /** Where it came from: Web, API, Import … */
  source: z.string(),
});
export type EventDetail = z.infer<typeof eventDetail>;
