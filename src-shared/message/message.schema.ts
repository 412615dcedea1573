import { z } from 'zod';
import { tagsSchema } from '#shared/contact/tag.schema.ts';
import { equalJson } from '#shared/kernel/json.ts';

/** What is sent of a message. */
const content = {
  subject: z.string().max(500),
  preheader: z.string().max(500).default(''),
  format: z.enum(['mjml', 'html']),
  source: z.string().max(500_000),
  /** Ids of categories: only who subscribes to at least one of them gets it. None = everybody who gets mail at all. */
  categories: z.array(z.string().max(80)).max(50, 'At most 50 categories').optional(),
};
const contentSchema = z.object(content);
export type MessageContent = z.infer<typeof contentSchema>;

/** Body of a `message` document: an email's source. Its content is the draft: what campaigns send is `live`; see liveMessage. */
export const messageSchema = z.object({
  name: z.string().trim().min(1, 'Give the message a name').max(120),
  ...content,
  createdAt: z.number(),
  tags: tagsSchema,
  /** As last published; null = never, or written by a version 1 app: then the draft is what is sent. */
  live: contentSchema
    .extend({ publishedAt: z.number(), publishedBy: z.string().max(80).nullable().default(null) })
    .nullable()
    .default(null),
});
export type Message = z.infer<typeof messageSchema>;
export const MESSAGE_VERSION = 3;

/** The content alone, without name and dates. */
export function contentOf({ subject, preheader, format, source, categories }: MessageContent): MessageContent {
  return { subject, preheader, format, source, ...(categories?.length ? { categories } : {}) };
}

/** The message as campaigns send it. */
export function liveMessage(message: Message): Message {
  return message.live ? { ...message, ...contentOf(message.live) } : message;
}

/** Whether the draft says something else than what is sent. */
export function hasDraftContent(message: Message): boolean {
  return message.live !== null && !equalJson(contentOf(message), contentOf(message.live));
}
