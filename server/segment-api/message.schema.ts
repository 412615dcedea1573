/** One message of the Segment spec, as the official clients send it. */
import { z } from 'zod';

const id = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().max(500, 'is longer than 500 characters'))
  .nullish()
  .transform((value) => value?.trim() || undefined);
const record = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});
const instant = z.string().nullish();

const MAX_NAME = 200;
const name = z
  .string()
  .max(MAX_NAME)
  .nullish()
  .transform((value) => value?.trim() || undefined);

export const messageTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof messageTypes)[number];

export const message = z.object({
  type: z.enum(messageTypes, `type is not one of ${messageTypes.join(', ')}`),
  messageId: z
    .string()
    .max(MAX_NAME)
    .nullish()
    .transform((value) => value || undefined),
  userId: id,
  anonymousId: id,
  previousId: id,
  groupId: id,
  event: name,
  name,
  category: name,
  properties: record,
  traits: record,
  context: record,
  timestamp: instant,
  originalTimestamp: instant,
  sentAt: instant,
});
export type Message = z.infer<typeof message>;

const MAX_BATCH_MESSAGES = 5000;
export const batchInput = z.object({
  batch: z
    .array(z.unknown(), 'batch is required')
    .max(MAX_BATCH_MESSAGES, `At most ${MAX_BATCH_MESSAGES} messages per batch`),
  sentAt: z.string().nullish(),
});
