import type { Doc, EventFigures } from '#renderer/data/data-api.ts';
import { useLive } from '#renderer/data/hooks.ts';
import { eventName } from '#renderer/parts/event-names.ts';
import { typedDocs } from '#renderer/parts/typed-docs.ts';
import { type EventType, eventTypeSchema } from '#shared/event/event-type.schema.ts';

type Figure = EventFigures['types'][number];
export type TypeRow = {
  key: string;
  name: string;
  /** What was said of the type; null where nobody said anything. */
  doc: Doc<EventType> | null;
  figure: Figure | null;
  archived: boolean;
};

/** Types that events had, and types somebody described; the most recent first, those without events last. */
export function useEventTypes() {
  const figures = useLive((from) => from.eventFigures(), [], ['columns']);
  const documents = useLive((from) => from.documents('event-type'), [], ['documents:event-type']);
  const docs = documents.value && typedDocs(eventTypeSchema, documents.value);
  const rows = docs && figures.value ? rowsOf(docs, figures.value.types) : undefined;
  return { rows, figures, documents, error: figures.error ?? documents.error };
}

function rowsOf(docs: readonly Doc<EventType>[], figures: readonly Figure[]): TypeRow[] {
  const byKey = new Map(docs.map((doc) => [doc.body.key, doc]));
  const rowOf = (key: string, figure: Figure | null): TypeRow => {
    const doc = byKey.get(key) ?? null;
    return { key, name: doc?.body.name?.trim() || eventName(key), doc, figure, archived: doc?.body.archived ?? false };
  };
  const seen = new Set(figures.map(({ key }) => key));
  const unseen = docs.filter(({ body }) => !seen.has(body.key)).map(({ body }) => rowOf(body.key, null));
  return [
    ...figures.map((figure) => rowOf(figure.key, figure)),
    ...unseen.sort((a, b) => a.name.localeCompare(b.name)),
  ];
}
