import { z } from 'zod';

/** Kinds of documents that people edit, or that the server tells about what people started. */
export const documentKinds = [
  'segment',
  'message',
  'campaign',
  'setting',
  'contact-edit',
  /** Server-owned: progress and result of a launched campaign. Refused on push. */
  'campaign-run',
  /** Local texts kept when the server refused or somebody else won. Never pushed. */
  'review',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

/**
 * What RxDB and the wire see of every document. `body` is checked by the kind's own schema in data/store and on the
 * server; a body of a newer schemaVersion is kept, not shown. `rev` is the feed version of the server's copy, 0 for
 * one the server has not accepted yet.
 */
export const envelopeSchema = z.object({
  id: z.string().min(1).max(80),
  kind: z.string().min(1).max(40),
  schemaVersion: z.int().min(1),
  rev: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  body: z.record(z.string(), z.unknown()),
  deleted: z.boolean(),
});
export type Envelope = z.infer<typeof envelopeSchema>;
