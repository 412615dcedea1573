import type { RxJsonSchema } from 'rxdb/plugins/core';
import { z } from 'zod';
import { envelopeSchema } from '#shared/sync/envelope.schema.ts';
import { chunkRef } from '#shared/sync/wire.schema.ts';

/**
 * A document as this device keeps it: the envelope, without `deleted`, plus what has not travelled yet.
 * `edited` is when the text was last changed here, 0 once the server's own copy (with its new revision) has come back.
 * `removed` is a removal on its way; only the server's answer deletes the row, so that waiting removals stay countable.
 */
export const localDocumentSchema = envelopeSchema.omit({ deleted: true }).extend({
  edited: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  removed: z.boolean(),
});
export type LocalDocument = z.infer<typeof localDocumentSchema>;

/** A chunk's description; its bytes are the attachment `bytes`. */
const chunkRowSchema = chunkRef.pick({ table: true, index: true, rows: true, bytes: true }).extend({
  hash: z.string().min(64).max(64),
  /** The bytes have been read back and were what the hash says. */
  checked: z.boolean(),
});
export type ChunkRow = z.infer<typeof chunkRowSchema>;

/** Small facts of this device: generation in use, tail pages, kept texts. Values are checked by whoever reads them. */
const metaRowSchema = z.object({ key: z.string().min(1).max(120), value: z.record(z.string(), z.unknown()) });
export type MetaRow = z.infer<typeof metaRowSchema>;

const jsonSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ type: z.unknown().optional() })),
  required: z.array(z.string()),
});

/** RxDB's schema, derived from zod; an indexed number must say its step (facts of RxDB, not of the entity). */
function derive<T>(schema: z.ZodType<T>, primaryKey: Extract<keyof T, string>, indexes: string[][]): RxJsonSchema<T> {
  const { properties, required } = jsonSchema.parse(z.toJSONSchema(schema, { io: 'output' }));
  for (const property of Object.values(properties)) if (property.type === 'integer') property.multipleOf = 1;
  const derived = {
    version: 0,
    type: 'object',
    primaryKey,
    properties,
    required,
    indexes,
    additionalProperties: false,
  };
  return derived as unknown as RxJsonSchema<T>;
}

export const documentsSchema = derive<LocalDocument>(localDocumentSchema, 'id', [['kind', 'rev'], ['edited']]);
export const metaSchema = derive<MetaRow>(metaRowSchema, 'key', []);
export const chunksSchema: RxJsonSchema<ChunkRow> = {
  ...derive<ChunkRow>(chunkRowSchema, 'hash', []),
  attachments: {},
};
