/** What documents say about how the columns are to be read. What this build cannot read is as if it were not there. */
import type { DocumentStore } from '#renderer/data/store/documents.ts';
import { erasureSchema } from '#shared/contact/erasure.schema.ts';
import { type FieldSpecs, fieldSpecs } from '#shared/contact/field.schema.ts';
import { type EventParameters, eventParameters } from '#shared/event/event-parameters.ts';
import { eventTypeSchema } from '#shared/event/event-type.schema.ts';

/** The workspace's additional fields. */
export async function readFields(documents: DocumentStore): Promise<FieldSpecs> {
  return fieldSpecs(await documents.list('contact-field'));
}

/** Segments may ask for the parameters that the event types' switches make columns. */
export async function readParameters(documents: DocumentStore): Promise<EventParameters> {
  const types = (await documents.list('event-type')).map(({ body }) => eventTypeSchema.safeParse(body));
  return eventParameters(types.flatMap(({ data }) => data ?? []));
}

/** Who was erased by a revision above this one, and the newest of those revisions; 0 when there is none. */
export async function readErasures(
  documents: DocumentStore,
  erasedTo: number,
): Promise<{ contacts: number[]; newest: number }> {
  const found = await documents.list('erasure', erasedTo);
  return {
    contacts: found.flatMap(({ body }) => erasureSchema.safeParse(body).data?.contactId ?? []),
    newest: Math.max(0, ...found.map(({ rev }) => rev)),
  };
}
