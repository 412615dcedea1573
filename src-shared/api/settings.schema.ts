import { z } from 'zod';

/** Body of the one `setting` document with id `sender`. Editable offline. */
export const senderSchema = z.object({
  fromName: z.string().trim().max(120),
  fromEmail: z.email('Enter an email address'),
  replyTo: z.union([z.literal(''), z.email('Enter an email address')]).default(''),
});
export type Sender = z.infer<typeof senderSchema>;
export const SENDER_VERSION = 1;
export const SENDER_ID = 'sender';

/** Body of the server-owned `setting` document with id `last-test-send`: when a test mail last left. Home ticks it off. */
export const lastTestSendSchema = z.strictObject({ at: z.number() });
export const LAST_TEST_SEND_ID = 'last-test-send';
