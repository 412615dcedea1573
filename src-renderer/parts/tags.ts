import { useMemo } from 'react';
import type { DataApi, Doc } from '#renderer/data/data-api.ts';
import { type Topic, useLive } from '#renderer/data/hooks.ts';
import { tagOfListId, tagsOf } from '#shared/contact/tag.schema.ts';
import type { DocumentKind } from '#shared/sync/envelope.schema.ts';
import { documentHref } from './document-words.ts';
import { eventName, typeHref } from './event-names.ts';

/** The page of everything that has the tag. */
export const tagHref = (tag: string): string => `/tags/${encodeURIComponent(tag)}`;

/** Kinds of documents that can have tags, in the order in which a tag's page lists them. */
export const taggedKinds = [
  'segment',
  'list',
  'message',
  'campaign',
  'category',
  'contact-field',
  'event-type',
  'site',
  'view',
] as const satisfies readonly DocumentKind[];
export type TaggedKind = (typeof taggedKinds)[number];

export type TaggedDoc = { kind: TaggedKind; doc: Doc };
export type Tag = { tag: string; contacts: number; documents: readonly TaggedDoc[] };

const topics = taggedKinds.map((kind): Topic => `documents:${kind}`);

async function readTagged(from: DataApi): Promise<TaggedDoc[]> {
  const all = await Promise.all(
    taggedKinds.map(async (kind) => (await from.documents(kind)).map((doc) => ({ kind, doc }))),
  );
  return all.flat().filter(({ doc }) => tagsOf(doc.body).length > 0);
}

/** Tags of contacts with how many have each; undefined until the device answered. */
export function useContactTags(): { tag: string; contacts: number }[] | undefined {
  const counts = useLive((from) => from.listCounts(), [], ['columns']).value;
  return useMemo(() => {
    if (!counts) return undefined;
    return Object.entries(counts)
      .flatMap(([id, { members }]) => {
        const tag = tagOfListId(id);
        return tag === null || members === 0 ? [] : [{ tag, contacts: members }];
      })
      .sort((a, b) => a.tag.localeCompare(b.tag));
  }, [counts]);
}

/** Every tag there is and what has it, by name; undefined until the device answered. */
export function useTags(): Tag[] | undefined {
  const contacts = useContactTags();
  const tagged = useLive(readTagged, [], ['columns', ...topics]).value;
  return useMemo(() => {
    if (!contacts || !tagged) return undefined;
    const found = new Map<string, { contacts: number; documents: TaggedDoc[] }>();
    for (const { tag, contacts: count } of contacts) found.set(tag, { contacts: count, documents: [] });
    for (const one of tagged) {
      for (const tag of tagsOf(one.doc.body)) {
        const known = found.get(tag) ?? { contacts: 0, documents: [] };
        known.documents.push(one);
        found.set(tag, known);
      }
    }
    return [...found].map(([tag, rest]) => ({ tag, ...rest })).sort((a, b) => a.tag.localeCompare(b.tag));
  }, [contacts, tagged]);
}

/** How a tagged document is called: each kind has its own name for its name. */
export function taggedName({ kind, doc: { body } }: TaggedDoc): string {
  if (kind === 'event-type' && typeof body.key === 'string' && !textOf(body.name)) return eventName(body.key);
  return textOf(kind === 'contact-field' ? body.label : body.name) || 'Untitled';
}

const textOf = (name: unknown): string => (typeof name === 'string' ? name.trim() : '');

/** Where a tagged document is opened; null for one this build cannot open. */
export function taggedHref({ kind, doc }: TaggedDoc): string | null {
  const { key } = doc.body;
  if (kind === 'event-type' && typeof key === 'string') return typeHref(key);
  return documentHref(kind, doc.id, null);
}
