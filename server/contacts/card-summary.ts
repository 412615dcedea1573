import type { CardSummary } from '#shared/contact/duplicate.schema.ts';

/** Select list of a card's summary as one JSON value. `alias` is a fixed table alias of ours. */
export const summaryOf = (alias: string): string =>
  `json_build_object('id', ${alias}.id, 'externalCustomerId', ${alias}.external_customer_id, 'email', ${alias}.email,
     'phone', ${alias}.phone, 'firstName', ${alias}.first_name, 'lastName', ${alias}.last_name)`;

export type Summarised<K extends string> = Record<K, CardSummary>;
