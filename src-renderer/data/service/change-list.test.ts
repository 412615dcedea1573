/** What the Sync screen lists: changes of others as they arrived, and one's own that wait. The real data service in Node. */
import { expect, test } from 'vitest';
import {
  body,
  device,
  edit,
  has,
  nameOn,
  reviewOf,
  rule,
  segment,
  segments,
  synced,
  until,
  workspace,
} from '#tests/support/people-devices.ts';
import type { TinyServer } from '#tests/support/tiny-server.ts';

/** Ann's device, once it has what there is. */
async function annWith(...documents: Parameters<TinyServer['put']>[0][]) {
  const server = await workspace();
  for (const one of documents) server.put(one);
  return { server, ann: await device(server, 'ann') };
}

/** The server is away, and every device knows. */
function goDown(server: TinyServer): void {
  server.up = false;
  server.notify();
}

test('[DOC-6] what another changed in what they had made is told beside that, with its fields, joined or not', async () => {
  const { server, ann } = await annWith();
  server.put(segment('s'));
  await until(() => segments(ann.service), has('Regulars'));
  goDown(server);
  await edit(ann.service, 's', { description: 'by Ann' });
  server.put(segment('s', { rule: rule('phone') }));
  server.up = true;
  ann.service.retryNow();
  await synced(ann.service);
  expect(server.documents.get('s')?.body).toMatchObject({ description: 'by Ann', rule: rule('phone') });
  expect(await ann.api.recentChanges(10)).toMatchObject([
    {
      what: 'changed',
      by: { name: 'Ben' },
      values: [{ field: 'rule', from: rule('email'), to: rule('phone') }],
      merged: true,
    },
    { what: 'made', by: { name: 'Ben' }, documentId: 's' },
  ]);
});

test('[DOC-6] what this device sent after a restart is no news to it, also where a pull overtakes the answer', async () => {
  const { server, ann } = await annWith(segment('s'), segment('gone', { name: 'Going' }));
  goDown(server);
  await ann.api.editContact(1, 'email', 'own@example.com');
  await ann.api.saveDocument('segment', null, { ...body, name: 'Made' });
  await edit(ann.service, 's', { name: 'Changed' });
  await ann.api.removeDocument('gone');
  await ann.stop(ann.service);
  const answered = Promise.withResolvers<void>();
  server.pushGate = answered.promise;
  server.up = true;
  const again = ann.start();
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Changed',
  );
  // Pulled while the answer is under way: the edit waits no more.
  await until(
    () => again.api.waitingChanges(),
    (waiting) => !waiting.some(({ kind }) => kind === 'contact-edit'),
  );
  answered.resolve();
  await synced(again);
  expect(await again.api.recentChanges(10)).toEqual([]);
});

test('[EDIT-5] a contact’s value that gave way to one’s own is marked with its field, until that is decided', async () => {
  const { server, ann } = await annWith();
  server.put(editOf('e1', 'ben', 'buyer@example.com', 'ben@example.com'));
  server.put(review({ id: 'review:e2', kind: 'contact-edit', kept: 'ann@example.com', lost: 'ben@example.com' }));
  const [change] = await until(
    () => ann.api.recentChanges(10),
    ([first]) => first?.stands !== undefined,
  );
  expect(change).toMatchObject({ by: { name: 'Ben' }, stands: 'mine', contested: ['email'], decided: false });
  await ann.api.settleReview('review:e2', 'keep');
  expect(await ann.api.recentChanges(10)).toMatchObject([{ stands: 'mine', decided: true }]);
});

test('[REV-2] a value that was taken back is told to the one whose version stood, from which to which', async () => {
  const server = await workspace();
  server.put(segment('s', { name: 'Of Ann' }));
  server.people.set(1, { email: 'ann@example.com', country: 'GB' });
  const ann = await device(server, 'ann');
  server.put(review({ id: 'review:x', kind: 'segment', kept: 'Of Ann', lost: 'Of Ben' }));
  await until(
    () => ann.api.reviews(),
    ([first]) => first?.name === 'Of Ann',
  );
  server.put(segment('s', { name: 'Of Ann, for all' }));
  // It is called as the thing is called now.
  await until(
    () => ann.api.reviews(),
    ([first]) => first?.name === 'Of Ann, for all',
  );
  server.put(segment('s', { name: 'Of Ann' }));
  await until(() => segments(ann.service), has('Of Ann'));
  server.put(review({ id: 'review:e2', kind: 'contact-edit', kept: 'ann@example.com', lost: 'ben@example.com' }));
  server.put(segment('s', { name: 'Of Ben' }));
  server.put(editOf('e3', 'ben', 'ann@example.com', 'ben@example.com'));
  // Somebody else's edit to the same is nobody's taking back.
  server.put(segment('t', { name: 'Of Ben' }));
  const changes = await until(
    () => ann.api.recentChanges(10),
    (list) => list[0]?.documentId === 't',
  );
  expect(changes.slice(0, 3)).toMatchObject([
    { documentId: 't', what: 'made' },
    { kind: 'contact-edit', tookBack: true, values: [{ from: 'ann@example.com', to: 'ben@example.com' }] },
    { documentId: 's', tookBack: true, by: { name: 'Ben' }, values: [{ from: 'Of Ann', to: 'Of Ben' }] },
  ]);
  expect(changes[0]).not.toHaveProperty('tookBack');
  for (const one of changes.slice(0, 3)) expect(one).not.toHaveProperty('stands');
});

test('waiting and refused changes of what the server has name their fields, with both values', async () => {
  const { server, ann } = await annWith(segment('s'), segment('t', { name: 'Other' }));
  server.objection = ({ body: { name } }) =>
    name === 'Rude' ? { code: 'invalid_input', message: 'Be polite.', field: 'name' } : null;
  await edit(ann.service, 't', { name: 'Rude' });
  await until(
    () => ann.api.status(),
    ({ refused, waiting }) => refused === 1 && waiting === 0,
  );
  goDown(server);
  await edit(ann.service, 's', { name: 'Mine', rule: rule('phone') });
  await ann.api.saveDocument('segment', null, { ...body, name: 'Made' });
  const waiting = new Map((await ann.api.waitingChanges()).map(({ name, ...change }) => [name, change]));
  expect([...waiting].map(([name, { fields }]) => [name, fields]).toSorted()).toEqual([
    ['Made', undefined],
    ['Mine', ['name', 'rule']],
    ['Rude', ['name']],
  ]);
  expect(waiting.get('Rude')?.values).toEqual([{ field: 'name', from: 'Other', to: 'Rude' }]);
  expect(waiting.get('Mine')?.values?.[0]).toMatchObject({ field: 'name', to: 'Mine' });
});

const editOf = (id: string, by: string, from: string, to: string) => ({
  ...segment(id),
  kind: 'contact-edit',
  schemaVersion: 1,
  by,
  body: { contactId: 1, field: 'email', from, to, at: 1 },
});

/** Ben's version gave way to Ann's. */
const review = ({ id, kind, kept, lost }: { id: string; kind: string; kept: string; lost: string }) =>
  reviewOf(id, {
    about:
      kind === 'segment' ? { kind, id: 's', name: kept, contactId: null } : { kind, id: 'e2', name: '', contactId: 1 },
    fields: [{ field: kind === 'segment' ? 'name' : 'email', kept, lost, personal: kind !== 'segment' }],
    keptBy: 'ann',
    lostBy: 'ben',
    reason: 'merge',
  });
