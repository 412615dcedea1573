import { z } from 'zod';
import { entities, tableNames } from '#shared/columns/tables.ts';
import { errorCodes } from '#shared/kernel/errors.ts';
import { envelopeSchema } from './envelope.schema.ts';

/** Bumped on any change of the schemas in this folder; the oldest client still served is below. */
export const PROTOCOL_VERSION = 1;
export const OLDEST_CLIENT = 1;

export const pullInput = z.object({
  epoch: z.string().nullable(),
  after: z.int().min(0),
  limit: z.int().min(1).max(2000),
});
export const pullOutput = z.object({
  epoch: z.string(),
  version: z.int(),
  documents: z.array(envelopeSchema),
  more: z.boolean(),
});

export const pushInput = z.object({
  epoch: z.string(),
  rows: z.array(z.object({ assumed: envelopeSchema.nullable(), next: envelopeSchema })).max(500),
});
export const refusalSchema = z.object({
  id: z.string(),
  code: z.enum(errorCodes),
  field: z.string().optional(),
  message: z.string(),
  /** The server's copy; for a refused create a tombstone. */
  master: envelopeSchema,
});
export const pushOutput = z.object({
  /** Copies of the server that differ from what the client assumed: merge and push again. */
  conflicts: z.array(envelopeSchema),
  refusals: z.array(refusalSchema),
});

export const chunkRef = z.object({
  table: z.enum(tableNames),
  index: z.int().min(0),
  /** sha-256 of the uncompressed chunk, hex; the address of its bytes: GET /chunks/<hash>. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().min(0),
  /** Size of the uncompressed chunk. */
  bytes: z.int().min(0),
});
export type ChunkRef = z.infer<typeof chunkRef>;

export const manifestSchema = z.object({
  epoch: z.string(),
  generation: z.int().min(0),
  /** Every change with a version ≤ tailFrom is inside the chunks. */
  tailFrom: z.int().min(0),
  builtAt: z.number(),
  chunks: z.array(chunkRef),
});
export type Manifest = z.infer<typeof manifestSchema>;

const cell = z.union([z.number(), z.string(), z.null()]);
export const tailRowSchema = z.object({ key: z.number(), cells: z.record(z.string(), cell) });
export const tailInput = z.object({ epoch: z.string(), after: z.int().min(0), limit: z.int().min(1).max(20_000) });
export const tailOutput = z.object({
  epoch: z.string(),
  /** The tail is complete up to this version. */
  version: z.int(),
  more: z.boolean(),
  /** Keys that changed, per entity: they mask the base rows of every table of that entity. A key without rows is gone. */
  changed: z.partialRecord(z.enum(entities), z.array(z.int())),
  rows: z.partialRecord(z.enum(tableNames), z.array(tailRowSchema)),
});
export type TailOutput = z.infer<typeof tailOutput>;

/** A hint on the one stream: newest versions. Truth is what pull, manifest and tail answer. */
export const hintSchema = z.object({ epoch: z.string(), version: z.int(), generation: z.int() });
export type Hint = z.infer<typeof hintSchema>;
