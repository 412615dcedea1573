/**
 * An import while the server is killed with all its processes and started again: each contact, list membership, event and
 * count comes once, and the import ends by itself.
 */
import { afterAll, expect, test } from 'vitest';
import { killedImport, stopKilled } from './killed-import.ts';

const KILLS = 3;
const PEOPLE = 20_000;
const LEFT = PEOPLE / 100;

afterAll(stopKilled);

/** Every hundredth person unsubscribed. */
const file = `email;first;status\n${Array.from({ length: PEOPLE }, (_, n) => `p${n}@kill.test;P${n};${n % 100 === 0 ? 'unsubscribed' : ''}`).join('\n')}\n`;
const map = { email: 'email', firstName: 'first', emailStatus: 'status' };

test(`an import of ${PEOPLE} people through ${KILLS} kills: nothing lost, nothing twice`, async () => {
  const { met, state, summary, stored } = await killedImport({
    ...{ file, name: 'people.csv', seed: 20_261_123, kills: KILLS },
    input: { kind: 'contacts', map, options: { newList: 'Killed', event: 'Imported' } },
    progress: 'select done_to as done, state from import where id = $1',
    due: (kill) => Math.round((PEOPLE * (kill - 1)) / (KILLS + 1)),
    jitterMs: 300,
    counts: {
      contacts: 'contact',
      identifiers: 'identifier',
      members: 'membership',
      lists: `document where kind = 'list' and not deleted`,
      events: `event e join event_type t on t.id = e.type_id where t.key = 'Imported'`,
      suppressed: 'suppression',
      said: `consent where act = 'withdrawn'`,
      made: '(select unnest(contact_ids) from import_created) c',
    },
  });
  expect(met.length).toBeGreaterThan(1);
  expect(state).toBe('done');
  expect(summary).toMatchObject({
    ...{ lines: PEOPLE, contacts: PEOPLE, created: PEOPLE, updated: 0, unchanged: 0, rejected: 0 },
    ...{ unsubscribed: LEFT, listed: PEOPLE, events: PEOPLE },
  });
  expect(stored).toEqual({
    ...{ contacts: PEOPLE, identifiers: PEOPLE, members: PEOPLE, lists: 1, events: PEOPLE },
    ...{ suppressed: LEFT, said: LEFT, made: PEOPLE },
  });
}, 400_000);
