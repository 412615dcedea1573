import { z } from 'zod';
import { roles } from '#shared/account/roles.ts';
import { entities, tableNames } from '#shared/columns/tables.ts';
import { errorCodes } from '#shared/kernel/errors.ts';
import { envelopeSchema } from './envelope.schema.ts';

/** Bumped on any change of the schemas in this folder; the oldest client still served is below. */
export const PROTOCOL_VERSION = 4;
export const OLDEST_CLIENT = 1;
/** The oldest server this client can work with; an older one is named on the screen, and changes wait. */
export const OLDEST_SERVER = 2;
/** Request header in which a client names its protocol; none means 1. */
export const PROTOCOL_HEADER = 'x-muster-protocol';

export const pullInput = z.object({
  epoch: z.string().nullable(),
  after: z.int().min(0),
  limit: z.int().min(1).max(2000),
  /** For a page of a reading that began at 0: `newest` of its first answer. */
  begun: z.int().min(0).optional(),
});
export const pullOutput = z.object({
  epoch: z.string(),
  /** What an older epoch numbered above this never came to this one (EPOCH-2). */
  epochFrom: z.int().min(0).default(0),
  version: z.int(),
  /** The server's newest version when it answered. */
  newest: z.int(),
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
  /** Copies of what the server has in the very words of the push: no pull brings them again. Older servers leave it out. */
  same: z.array(envelopeSchema).optional(),
});

export const chunkRef = z.object({
  table: z.enum(tableNames),
  index: z.int().min(0),
  /** sha-256 of the uncompressed chunk, hex; the address of its bytes: GET /chunks/<hash>. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().min(0),
  /** Size of the uncompressed chunk. */
  bytes: z.int().min(0),
  /** Epoch ms between which the rows lie, both inclusive; null where the table has no time. */
  from: z.number().nullable().default(null),
  to: z.number().nullable().default(null),
});
export type ChunkRef = z.infer<typeof chunkRef>;

export const manifestSchema = z.object({
  epoch: z.string(),
  generation: z.int().min(0),
  /** Every change with a version ≤ tailFrom is inside the chunks. */
  tailFrom: z.int().min(0),
  builtAt: z.number(),
  /** False when the caller may not see personal values: their tables are left out here and in the tail. */
  personal: z.boolean().default(true),
  /** The chunks hold nothing of contacts whose erasure has a revision up to this. */
  erasedTo: z.int().min(0).default(0),
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

/** What a device tells about itself when it connects. */
export const helloInput = z.object({
  deviceId: z.string().min(16).max(80),
  /** Words for people: “Chrome on Windows”. */
  name: z.string().trim().min(1).max(120),
  holds: z.object({
    contacts: z.int().min(0),
    personal: z.boolean(),
    events: z.int().min(0),
    bytes: z.int().min(0),
    /** Since when this device has held data without a break, epoch ms. */
    since: z.number().nullable(),
  }),
});
export const helloOutput = z.object({
  role: z.enum(roles),
  /** Days this device may keep its data without reaching the server. */
  leaseDays: z.int().min(1),
  serverTime: z.number(),
});
export const deviceState = z.object({ state: z.enum(['active', 'signedOut', 'unknown']) });
