import { z } from 'zod';

/** Body of a `message` document: an email's source. What is sent is frozen at launch. */
export const messageSchema = z.object({
  name: z.string().trim().min(1, 'Give the message a name').max(120),
  subject: z.string().max(500),
  preheader: z.string().max(500).default(''),
  format: z.enum(['mjml', 'html']),
  source: z.string().max(500_000),
  createdAt: z.number(),
});
export type Message = z.infer<typeof messageSchema>;
export const MESSAGE_VERSION = 1;
