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
  /** Server-owned: who works here, so that changes have names offline too. Id `member:<user id>`. */
  'member',
  /** Server-owned: a contact that was erased. Id `erasure:<contact id>`. */
  'erasure',
  /** A value that gave way to another in a merge; travels to both authors. */
  'review',
  /** What of an event type's parameters becomes columns. Id `event-type:<key>`. */
  'event-type',
  /** A web site whose pages carry the tracking script, which is named by the document's id. */
  'site',
  /** What people can subscribe to. Id `category:<key>`. */
  'category',
  /** Contacts chosen one by one; its members are columns (table membership). */
  'list',
  /** An additional field of contacts. Id `field:<uuid>`. */
  'contact-field',
  /** How somebody looks at the list of contacts: filter, columns, order. Its maker's alone, or everybody's. */
  'view',
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
  /** Who wrote this revision, as the server knows it; null when no person did, or it was never accepted. */
  by: z.string().max(80).nullable().default(null),
  /** When the server took this revision, epoch ms. */
  at: z.number().nullable().default(null),
});
export type Envelope = z.infer<typeof envelopeSchema>;
