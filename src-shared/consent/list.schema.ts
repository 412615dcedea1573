import { z } from 'zod';
import { tagsSchema } from '#shared/contact/tag.schema.ts';

/** Body of a `list` document: contacts chosen one by one, by a file, a form or the API. Members are rows of table membership. */
export const listSchema = z.object({
  name: z.string().trim().min(1, 'Give the list a name').max(120),
  description: z.string().max(500).default(''),
  createdAt: z.number(),
  tags: tagsSchema,
});
export type List = z.infer<typeof listSchema>;
export const LIST_VERSION = 1;
