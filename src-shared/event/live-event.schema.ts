/** Events as they arrive, and what is known of the parameters of a type: both asked of the server. */
import { z } from 'zod';
import type { ValueKind } from './declared-parameters.ts';

export const latestEventsInput = z.object({
  /** Only what arrived after this version (as answered before); null: the newest there are. */
  after: z.int().min(0).nullable(),
  type: z.string().max(200).nullable(),
  /** Text in parameters, or an identifier or number of a contact. Needs `readPersonal`. */
  text: z.string().trim().max(200).nullable(),
});
export type LatestEventsInput = z.infer<typeof latestEventsInput>;

export type LiveEvent = {
  rowId: number;
  at: number;
  type: string;
  source: string;
  /** 0: of nobody known. */
  contactId: number;
  /** Of the contact; null where there is none, or it is not to be seen. */
  name: string | null;
  /** As JSON; null for those who see no personal data. */
  params: string | null;
  /** `params` is only the beginning. */
  cut: boolean;
};

export type LatestEvents = {
  /** Newest first. */
  events: LiveEvent[];
  version: number;
  /** More arrived than are answered. */
  more: boolean;
  /** How many of the newest events a search looked through; null when it was no search. */
  searched: number | null;
};

/** One parameter as it came in the newest events of its type. */
export type SeenParameter = {
  name: string;
  /** In how many of the events looked at it has a value. */
  events: number;
  kinds: Partial<Record<ValueKind, number>>;
  /** A few different values; null for those who see no personal data. */
  examples: string[] | null;
};

/** Events that were not as their type declares. */
export type CountedMismatch = {
  parameter: string;
  given: string;
  refused: boolean;
  count: number;
  lastAt: number;
};

export type EventTypeFacts = {
  /** Newest events that were looked at. */
  looked: number;
  parameters: SeenParameter[];
  mismatches: CountedMismatch[];
};
