import { expect, test } from 'vitest';
import { putBack } from './put-back.ts';

const written: unknown[] = [];
const writer: Parameters<typeof putBack>[1] = {
  editContact: async (...edit) => void written.push(edit),
  document: async (id) => ({
    id,
    kind: 'segment',
    body: { name: 'Theirs', description: 'x' },
    waiting: false,
    refusal: null,
  }),
  saveDocument: async (...save) => {
    written.push(save);
    return save[1] ?? '';
  },
};

test('a contact gets the values back that stood, or what had come in their place', async () => {
  written.length = 0;
  const fields = [
    { field: 'town', kept: 'Bath', lost: 'Lviv' },
    { field: 'phone', kept: null, lost: '1' },
    { field: 'region', kept: 'a', lost: 'b', current: 'c' },
  ];
  await putBack({ kind: 'contact-edit', documentId: 'e', contactId: 7, fields }, writer);
  expect(written).toEqual([
    [7, 'town', 'Bath'],
    [7, 'phone', null],
    [7, 'region', 'c'],
  ]);
});

test('a document gets back only the fields of the review, over what it says now', async () => {
  written.length = 0;
  const fields = [{ field: 'name', kept: 'Mine', lost: 'Theirs' }];
  await putBack({ kind: 'segment', documentId: 's', contactId: null, fields }, writer);
  const now = { name: 'Theirs', description: 'x' };
  expect(written).toEqual([['segment', 's', { ...now, name: 'Mine' }, now]]);
  await expect(
    putBack({ kind: 'segment', documentId: 's', contactId: null, fields }, { ...writer, document: async () => null }),
  ).rejects.toMatchObject({ code: 'not_found' });
});
