import { expect, test } from 'vitest';
import { conflictHandler, type Resolver } from './conflicts.ts';
import type { LocalDocument } from './schemas.ts';

const row = (part: Partial<LocalDocument>) => ({
  id: 's',
  kind: 'segment',
  schemaVersion: 1,
  rev: 1,
  body: { name: 'a' },
  by: null,
  at: null,
  edited: 0,
  removed: false,
  _deleted: false,
  ...part,
});
const resolver = (): Resolver => ({ refused: new Map(), bases: new Map(), onLost: async () => undefined });

// Found by the simulation: such a document waited for ever, because nothing of it had to travel.
test('[MERGE-5] a removal that gave way to somebody’s edit waits for nothing any more', async () => {
  const resolved = await conflictHandler(resolver()).resolve(
    {
      assumedMasterState: row({}),
      newDocumentState: row({ removed: true, edited: 5 }),
      realMasterState: row({ rev: 2, body: { name: 'b' } }),
    },
    'push',
  );
  expect(resolved).toMatchObject({ rev: 2, body: { name: 'b' }, edited: 0, removed: false });
});

test('[MERGE-2] a merge that says more than the server goes on waiting', async () => {
  const resolved = await conflictHandler(resolver()).resolve(
    {
      assumedMasterState: row({ body: { name: 'a', description: '' } }),
      newDocumentState: row({ body: { name: 'a', description: 'mine' }, edited: 5 }),
      realMasterState: row({ rev: 2, body: { name: 'theirs', description: '' } }),
    },
    'push',
  );
  expect(resolved).toMatchObject({ rev: 2, body: { name: 'theirs', description: 'mine' }, edited: 5 });
});
