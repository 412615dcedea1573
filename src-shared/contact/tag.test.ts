import { expect, test } from 'vitest';
import { kindSpecs } from '#shared/sync/document-kinds.ts';
import { mergeDocument } from '#shared/sync/merge.ts';
import { tagListId, tagOf, tagOfListId, tagSchema, tagsOf } from './tag.schema.ts';

test('a tag is its text, the same however it was typed', () => {
  expect(['VIP', ' vip ', 'Big\tSpender', 'big,  spender', 'Київ'].map(tagOf)).toEqual([
    'vip',
    'vip',
    'big spender',
    'big spender',
    'київ',
  ]);
  expect(tagSchema.safeParse('VIP').success).toBe(false);
  expect(tagSchema.safeParse(tagOf('VIP')).success).toBe(true);
  expect(tagsOf({ tags: ['a', 7] })).toEqual([]);
});

test('a contact’s tag is a list of its own, told from lists and categories by its id', () => {
  expect(tagOfListId(tagListId('vip'))).toBe('vip');
  expect(tagOfListId('category:news')).toBeNull();
});

test('[MERGE-2] tags of both sides are kept, on every kind that can have them', () => {
  const tagged = Object.entries(kindSpecs).filter(([, { sets }]) => sets.includes('tags'));
  expect(tagged.length).toBeGreaterThanOrEqual(9);
  for (const [kind] of tagged) {
    const { body, lost } = mergeDocument(
      kind,
      { tags: ['old', 'gone'] },
      { tags: ['old', 'mine'] },
      { tags: ['old', 'gone', 'theirs'] },
    );
    expect([kind, body.tags, lost]).toEqual([kind, ['old', 'theirs', 'mine'], []]);
    expect(mergeDocument(kind, {}, { tags: ['mine'] }, { tags: ['theirs'] }).body.tags).toEqual(['theirs', 'mine']);
  }
});
