import { z } from 'zod';
import type { Leaf } from '#shared/segment/segment.schema.ts';
import { ruleSchema } from '#shared/segment/segment.schema.ts';
import { tagsSchema } from './tag.schema.ts';

const column = z.string().min(1).max(80);
const MAX_COLUMNS = 300;

/** A condition of the list: a rule without groups. */
const filter = ruleSchema.refine(
  (rule) => rule.type !== 'all' && rule.type !== 'any' && rule.type !== 'not',
  'A condition',
);

/** Body of a `view` document: how somebody looks at the list of contacts. */
export const viewSchema = z.object({
  name: z.string().trim().min(1, 'Give the view a name').max(80, 'A name has at most 80 characters'),
  search: z.string().max(500).default(''),
  filters: z.array(filter).max(50, 'At most 50 conditions'),
  /** The segment whose people are listed; null = everybody. */
  segmentId: z.string().max(80).nullable().default(null),
  sort: z.object({ key: column, descending: z.boolean() }),
  /** Columns in their order, those that are hidden among them. */
  order: z.array(column).max(MAX_COLUMNS),
  hidden: z.array(column).max(MAX_COLUMNS),
  widths: z.record(column, z.number().min(20).max(2_000)).default({}),
  /** Everybody sees it, or its maker alone. */
  shared: z.boolean(),
  owner: z.string().max(80),
  createdAt: z.number(),
  tags: tagsSchema,
});
export type View = z.infer<typeof viewSchema>;
export const VIEW_VERSION = 1;

/** Its conditions, as the list shows them. */
export function filtersOf({ filters }: Pick<View, 'filters'>): Leaf[] {
  return filters.filter((rule): rule is Leaf => rule.type !== 'all' && rule.type !== 'any' && rule.type !== 'not');
}
