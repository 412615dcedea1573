import { z } from 'zod';
import { sabotages } from './server/numbering.ts';

/** What a worker is told, and what it answers for each seed. */
export const jobSchema = z.object({
  seeds: z.array(z.int()),
  steps: z.int().min(1),
  sabotage: z.enum(sabotages).nullable(),
  echo: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;

const countsSchema = z.object({ conflicts: z.int(), merges: z.int(), drops: z.int(), crashes: z.int() });

export const outcomeSchema = z.object({
  seed: z.int(),
  steps: z.int(),
  counts: countsSchema,
  /** Of everything that happened, in order. */
  digest: z.string(),
  failures: z.array(z.string()),
  /** The last steps. */
  tail: z.string(),
  cpuMs: z.int(),
});
export type Outcome = z.infer<typeof outcomeSchema>;
