import { z } from 'zod';
import { fold, storableText } from '#shared/kernel/fold.ts';

export const MAX_TAG = 40;
export const MAX_TAGS = 30;

/**
 * A tag is its text: lower case, single spaces, no commas. So the same word typed twice is one tag, on every object and by
 * everybody, without a document that says what a tag is.
 */
export function tagOf(text: string): string {
  return fold(storableText(text))
    .replaceAll(/[\s,]+/gu, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
}

export const tagSchema = z
  .string()
  .min(1, 'A tag is a word or two')
  .max(MAX_TAG, `A tag has at most ${MAX_TAG} characters`)
  .refine((text) => tagOf(text) === text, 'A tag is written in lower case, without commas');

/** Field `tags` of documents: a set, additions and removals of both sides are joined. */
export const tagsSchema = z.array(tagSchema).max(MAX_TAGS, `At most ${MAX_TAGS} tags`).optional();

/** The tags of a document, whatever its kind. */
export function tagsOf(body: { tags?: unknown }): string[] {
  return tagsSchema.safeParse(body.tags).data ?? [];
}

const PREFIX = 'tag:';
/** A contact's tag is a row of table membership under this id, like a list without a document. */
export const tagListId = (tag: string): string => `${PREFIX}${tag}`;
export const isTagId = (listId: string): boolean => listId.startsWith(PREFIX);
/** The tag of such an id; null for a list or category. */
export const tagOfListId = (listId: string): string | null => (isTagId(listId) ? listId.slice(PREFIX.length) : null);
