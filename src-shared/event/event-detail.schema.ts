import { z } from 'zod';

/** What an event says beyond who, when and which type; null when it is too long to keep on devices. */
export const eventDetail = z.object({
  rowId: z.int(),
  params: z.record(z.string(), z.unknown()).nullable(),
  /** Where it came from: Web, API, Import … */
  source: z.string(),
});
export type EventDetail = z.infer<typeof eventDetail>;
