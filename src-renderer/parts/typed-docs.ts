import type { z } from 'zod';
import type { Doc } from '#renderer/data/data-api.ts';

/** A document with its body read by the kind's schema; null when this build cannot read it (the store keeps it). */
export function typedDoc<T>(schema: z.ZodType<T>, doc: Doc | null): Doc<T> | null {
  if (!doc) return null;
  const read = schema.safeParse(doc.body);
  return read.success ? { ...doc, body: read.data } : null;
}

/** The readable ones, in the given order. */
export function typedDocs<T>(schema: z.ZodType<T>, docs: readonly Doc[]): Doc<T>[] {
  return docs.map((doc) => typedDoc(schema, doc)).filter((doc) => doc !== null);
}
