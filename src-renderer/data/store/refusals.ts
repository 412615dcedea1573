import { z } from 'zod';
import { envelopeSchema } from '#shared/sync/envelope.schema.ts';
import type { MetaStore } from './meta.ts';

/** A text that the server did not take. It stays on this device until its author mends or drops it (REF-4). */
const refusalSchema = z.object({
  text: envelopeSchema,
  /** The body it grew from; null when nothing, or nothing that is known: then its author has seen nothing of the server's. */
  base: envelopeSchema.shape.body.nullable().default(null),
  code: z.string(),
  field: z.string().nullable(),
  /** Why, in words. */
  message: z.string(),
  at: z.number(),
});
export type Refusal = z.infer<typeof refusalSchema>;

export const REFUSAL = 'refusal:';
const REVIEW = 'refusedReview:';
const reviewSchema = z.object({ id: z.string(), body: envelopeSchema.shape.body });

/** Kept beside the documents, so that no pull, reload or merge touches them and none of them holds up another. */
export class RefusalStore {
  readonly #meta: MetaStore;

  constructor(meta: MetaStore) {
    this.#meta = meta;
  }

  /** By the id of their document. */
  async all(): Promise<Map<string, Refusal>> {
    const found = await this.#meta.list(REFUSAL, refusalSchema);
    return new Map(found.map(({ value }) => [value.text.id, value]));
  }

  get(id: string): Promise<Refusal | null> {
    return this.#meta.get(REFUSAL + id, refusalSchema);
  }

  async keep(refusal: Refusal): Promise<void> {
    await this.#meta.set(REFUSAL + refusal.text.id, refusal);
  }

  /** A review that nobody but its writer can bring, who may not now: it is written again once they may (REV-1). */
  async keepReview({ id, body }: { id: string; body: Refusal['text']['body'] }): Promise<void> {
    await this.#meta.set(REVIEW + id, { id, body });
  }

  async reviews(): Promise<z.infer<typeof reviewSchema>[]> {
    return (await this.#meta.list(REVIEW, reviewSchema)).map(({ value }) => value);
  }

  async dropReview(id: string): Promise<void> {
    await this.#meta.remove([REVIEW + id]);
  }

  async drop(id: string): Promise<void> {
    await this.#meta.remove([REFUSAL + id]);
  }
}
