/** What becomes of texts between devices: the real data service in Node, against a workspace that judges as the server does. */
import { expect, test } from 'vitest';
import { must } from '#shared/kernel/assert.ts';
import {
  body,
  device,
  edit,
  has,
  nameOn,
  rule,
  START,
  segment,
  segments,
  synced,
  until,
  workspace,
} from '#tests/support/people-devices.ts';

test('[REV-1] [MERGE-2] [MERGE-3] two people change the same offline: fields join, and what gave way is open for both', async () => {
  const server = await workspace();
  const [ann, ben] = [await device(server, 'ann'), await device(server, 'ben')];
  const id = await ann.api.saveDocument('segment', null, body);
  await until(() => segments(ben.service), has('Regulars'));
  server.up = false;
  server.notify();
  await edit(ann.service, id, { name: 'Of Ann', description: 'by Ann' });
  await edit(ben.service, id, { name: 'Of Ben', rule: rule('phone') });
  server.up = true;
  for (const one of [ann, ben]) {
    one.service.retryNow();
    await until(
      () => one.api.reviews(),
      (items) => items.length === 1,
    );
    await synced(one.service);
  }
  const [loserOf, mine] = nameOn(server, id) === 'Of Ann' ? ([ben, 'Of Ben'] as const) : ([ann, 'Of Ann'] as const);
  const [change] = await loserOf.api.recentChanges(1);
  expect(change?.stands).toBe('theirs');
  expect(change?.values).toContainEqual({ field: 'name', from: mine, to: nameOn(server, id) });
  const [first, second] = [await ann.api.reviews(), await ben.api.reviews()];
  expect(first).toEqual(second);
  const winner = String(nameOn(server, id));
  expect(server.documents.get(id)?.body).toMatchObject({ description: 'by Ann', rule: rule('phone') });
  const loser = winner === 'Of Ann' ? 'Of Ben' : 'Of Ann';
  expect(first).toMatchObject([
    { reason: 'merge', kind: 'segment', documentId: id, fields: [{ field: 'name', kept: winner, lost: loser }] },
  ]);
  expect(first[0]?.keptBy?.name).toBe(winner.slice(3));
  expect(first[0]?.lostBy?.name).toBe(loser.slice(3));
  expect(await ann.api.status()).toMatchObject({ reviews: 1 });
});

test('[REV-2] a review is settled by each for themselves, and taking back is an ordinary edit', async () => {
  const server = await workspace();
  const [ann, ben] = [await device(server, 'ann'), await device(server, 'ben')];
  server.put(segment('s', { name: 'Of Ben' }));
  server.put({
    ...segment('review:x'),
    kind: 'review',
    schemaVersion: 1,
    body: {
      about: { kind: 'segment', id: 's', name: 'Of Ben', contactId: null },
      fields: [{ field: 'name', kept: 'Of Ben', lost: 'Of Ann', personal: false }],
      keptBy: 'ben',
      lostBy: 'ann',
      at: START,
      reason: 'merge',
      settledBy: [],
    },
  });
  for (const one of [ann, ben]) {
    await until(
      () => one.api.reviews(),
      (items) => items.length === 1,
    );
  }
  await ben.api.settleReview('review:x', 'keep');
  await synced(ben.service);
  expect(await ben.api.reviews()).toEqual([]);
  expect(await ann.api.reviews()).toHaveLength(1);
  await ann.api.settleReview('review:x', 'takeBack');
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Of Ann',
  );
  await synced(ann.service);
  expect(await ann.api.reviews()).toEqual([]);
  // What waits is counted a moment later than it is stored.
  await until(
    async () => String(server.documents.get('review:x')?.body.settledBy),
    (settledBy) => settledBy === 'ben,ann',
  );
  await expect(ann.api.settleReview('review:x', 'keep')).rejects.toMatchObject({ code: 'not_found' });
});

test('[MERGE-5] deleted elsewhere and edited here: the edit stands, and the deletion is open for review', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const ann = await device(server, 'ann');
  server.up = false;
  server.notify();
  await edit(ann.service, 's', { name: 'Still needed' });
  server.put({ ...segment('s'), deleted: true, body: {} });
  server.up = true;
  ann.service.retryNow();
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Still needed',
  );
  const [item] = await until(
    () => ann.api.reviews(),
    (items) => items.length === 1,
  );
  expect(item?.fields).toEqual([{ field: 'deleted', kept: false, lost: true }]);
  await ann.api.settleReview(item?.id ?? '', 'takeBack');
  await until(
    async () => server.documents.get('s')?.deleted,
    (deleted) => deleted === true,
  );
});

test('[REF-4] a refused text is kept, holds up nothing, survives a restart, and goes when it is mended', async () => {
  const server = await workspace();
  server.put({ ...segment('s'), kind: 'campaign', schemaVersion: 1, body: { name: 'x' } });
  const ann = await device(server, 'ann');
  server.up = false;
  server.notify();
  // A contact the server no longer has.
  await ann.api.editContact(1, 'email', 'new@example.com');
  await ann.api.saveDocument('segment', null, body);
  server.people.delete(1);
  server.up = true;
  ann.service.retryNow();
  await until(
    () => ann.api.status(),
    ({ refused, waiting }) => refused === 1 && waiting === 0,
  );
  expect([...server.documents.values()].filter(({ kind }) => kind === 'segment')).toHaveLength(1);
  await ann.stop(ann.service);
  const again = ann.start();
  await synced(again);
  const refused = await until(
    () => again.api.reviews(),
    (items) => items.length === 1,
  );
  expect(refused).toMatchObject([
    { reason: 'refused', contactId: 1, message: 'This contact does not exist.', fields: [{ lost: 'new@example.com' }] },
  ]);
  expect(await again.api.waitingChanges()).toMatchObject([{ kind: 'contact-edit', field: 'email', contactId: 1 }]);
  await again.api.redownload();
  await synced(again);
  expect(await again.api.reviews()).toHaveLength(1);
  await again.api.settleReview(refused[0]?.id ?? '', 'keep');
  expect(await again.api.reviews()).toEqual([]);
  await until(
    () => again.api.status(),
    ({ refused, reviews }) => refused === 0 && reviews === 0,
  );
});

test('[REF-4] a refused text is shown in place of the document and mended from there, whole', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const ann = await device(server, 'ann');
  server.objection = ({ body: { name } }) =>
    name === 'Rude' ? { code: 'invalid_input', message: 'Be polite.', field: 'name' } : null;
  await edit(ann.service, 's', { name: 'Rude', description: 'Long and good' });
  await until(
    () => ann.api.status(),
    ({ refused, waiting }) => refused === 1 && waiting === 0,
  );
  const shown = must(await ann.api.document('s'), 'the segment');
  expect(shown).toMatchObject({ refusal: 'Be polite.', body: { name: 'Rude', description: 'Long and good' } });
  expect(nameOn(server, 's')).toBe('Regulars');
  await ann.api.saveDocument('segment', 's', { ...shown.body, name: 'Polite' }, shown.body);
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Polite',
  );
  expect(server.documents.get('s')?.body.description).toBe('Long and good');
  expect(await ann.api.reviews()).toEqual([]);
});

test('[REF-4] [REV-1] what others wrote while a text was refused is joined when it is mended, and nothing of it lost', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const ann = await device(server, 'ann');
  server.objection = ({ body: { name } }) =>
    name === 'Rude' ? { code: 'invalid_input', message: 'Be polite.', field: 'name' } : null;
  await edit(ann.service, 's', { name: 'Rude' });
  await until(
    () => ann.api.status(),
    ({ refused, waiting }) => refused === 1 && waiting === 0,
  );
  server.put(segment('s', { name: 'By Ben', description: 'by Ben' }));
  server.put(segment('t', { name: 'After it' }));
  await until(() => segments(ann.service), has('After it'));
  const shown = must(await ann.api.document('s'), 'the segment');
  expect(shown.body).toMatchObject({ name: 'Rude', description: '' });
  await ann.api.saveDocument('segment', 's', { ...shown.body, name: 'Polite' }, shown.body);
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Polite',
  );
  expect(server.documents.get('s')?.body.description).toBe('by Ben');
  expect(await ann.api.reviews()).toMatchObject([
    { reason: 'merge', documentId: 's', fields: [{ field: 'name', kept: 'Polite', lost: 'By Ben' }] },
  ]);
});

test('[REF-4] [REV-1] a refused text that was written after a deletion replaces nothing that others made of it since', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const ann = await device(server, 'ann');
  await until(() => segments(ann.service), has('Regulars'));
  server.objection = ({ body: { name } }) =>
    String(name).startsWith('Rude') ? { code: 'invalid_input', message: 'Be polite.', field: 'name' } : null;
  const refusedAs = async (name: string) => {
    await edit(ann.service, 's', { name });
    await until(
      async () => (await ann.api.document('s'))?.refusal === 'Be polite.' && (await ann.api.document('s'))?.body.name,
      (shown) => shown === name,
    );
  };
  server.put({ ...segment('s'), deleted: true, body: {} });
  server.put(segment('t', { name: 'After it' }));
  await edit(ann.service, 's', { name: 'Rude' });
  await until(() => segments(ann.service), has('After it'));
  await refusedAs('Rude again');
  await synced(ann.service);
  server.put(segment('s', { name: 'By Ben', description: 'by Ben' }));
  server.put(segment('u', { name: 'After that' }));
  await until(() => segments(ann.service), has('After that'));
  const shown = must(await ann.api.document('s'), 'the segment');
  await ann.api.saveDocument('segment', 's', { ...shown.body, name: 'Polite' }, shown.body);
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Polite',
  );
  const lost = (await ann.api.reviews()).flatMap(({ fields }) => fields.map((field) => field.lost));
  expect(lost).toContain('By Ben');
  expect(lost).toContain('by Ben');
});

test('[REF-4] [MERGE-5] removing a refused text removes the document, but not what others wrote since', async () => {
  const server = await workspace();
  const ann = await device(server, 'ann');
  const shown = () => segments(ann.service);
  server.objection = ({ body: { name } }) =>
    name === 'Rude' ? { code: 'invalid_input', message: 'Be polite.' } : null;
  for (const id of ['changed', 'same']) {
    server.put(segment(id));
    await until(shown, (docs) => docs.some((doc) => doc.id === id));
    await edit(ann.service, id, { name: 'Rude' });
  }
  await until(
    () => ann.api.status(),
    ({ refused, waiting }) => refused === 2 && waiting === 0,
  );
  server.put(segment('changed', { description: 'by Ben' }));
  server.put(segment('t', { name: 'After it' }));
  await until(shown, has('After it'));
  for (const id of ['changed', 'same']) await ann.api.removeDocument(id);
  await until(
    async () => server.documents.get('same')?.deleted,
    (deleted) => deleted === true,
  );
  await synced(ann.service);
  expect(server.documents.get('changed')).toMatchObject({ deleted: false, body: { description: 'by Ben' } });
  expect(await ann.api.document('changed')).toMatchObject({ refusal: null, body: { description: 'by Ben' } });
  expect(await ann.api.reviews()).toMatchObject([{ documentId: 'changed', fields: [{ field: 'deleted' }] }]);
});

test('[VER-5] unknown kinds and newer texts are kept and not shown; unknown fields come back from an edit unchanged', async () => {
  const server = await workspace();
  server.put(
    segment('s', { colour: 'green', live: { rule: rule('phone'), publishedAt: 1, publishedBy: null, seen: 7 } }),
  );
  server.put({ ...segment('newer'), schemaVersion: 99 });
  server.put({ ...segment('poem'), kind: 'poem', body: { lines: 3 } });
  const ann = await device(server, 'ann');
  expect((await segments(ann.service)).map(({ id }) => id)).toEqual(['s']);
  await expect(ann.api.saveDocument('segment', 'newer', body)).rejects.toMatchObject({ code: 'newer_version' });
  await edit(ann.service, 's', { name: 'Renamed' });
  await until(
    async () => nameOn(server, 's'),
    (name) => name === 'Renamed',
  );
  expect(server.documents.get('s')?.body).toMatchObject({ name: 'Renamed', colour: 'green', live: { seen: 7 } });
  expect(server.documents.get('poem')).toMatchObject({ kind: 'poem', body: { lines: 3 } });
});

test('[DOC-6] what others changed is told with who, what and which fields; the first reading and one’s own are no news', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const ann = await device(server, 'ann');
  const mine = await ann.api.saveDocument('segment', null, { ...body, name: 'Mine' });
  await synced(ann.service);
  await ann.api.editContact(1, 'email', 'own@example.com');
  await synced(ann.service);
  expect(await ann.api.recentChanges(10)).toEqual([]);
  server.put(segment('s', { name: 'Better', description: 'More' }));
  server.put({
    ...segment('e'),
    kind: 'contact-edit',
    schemaVersion: 1,
    body: { contactId: 1, field: 'email', from: 'own@example.com', to: 'b@example.com', at: 1 },
  });
  server.put({ ...segment(mine), deleted: true, body: {} });
  server.put({ ...segment('run:c'), kind: 'campaign-run', body: { campaignId: 'c' } });
  const changes = await until(
    () => ann.api.recentChanges(10),
    (list) => list.length === 3,
  );
  expect(changes).toMatchObject([
    { kind: 'segment', documentId: mine, name: 'Mine', what: 'removed', fields: [] },
    { kind: 'contact-edit', contactId: 1, what: 'changed', fields: ['email'] },
    {
      kind: 'segment',
      documentId: 's',
      name: 'Better',
      what: 'changed',
      fields: ['name', 'description'],
      merged: false,
    },
  ]);
  for (const { by } of changes) expect(by).toEqual({ id: 'ben', name: 'Ben' });
  expect(await ann.api.recentChanges(1)).toHaveLength(1);
});

test('[MERGE-2] [REV-1] an editor that was open while others changed the text overwrites only what was changed in it', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const ann = await device(server, 'ann');
  const opened = must(await ann.api.document('s'), 'the segment').body;
  server.put(segment('s', { description: 'by Ben', rule: rule('phone') }));
  await until(
    () => ann.api.document('s'),
    (doc) => doc?.body.description === 'by Ben',
  );
  await ann.api.saveDocument('segment', 's', { ...opened, name: 'by Ann', rule: rule('town') }, opened);
  const saved = { name: 'by Ann', description: 'by Ben', rule: rule('town') };
  expect((await ann.api.document('s'))?.body).toMatchObject(saved);
  await until(
    async () => server.documents.get('s')?.body,
    (now) => now?.name === 'by Ann',
  );
  expect(server.documents.get('s')?.body).toMatchObject(saved);
  expect(await ann.api.reviews()).toMatchObject([
    { keptBy: { name: 'Ann' }, lostBy: { name: 'Ben' }, fields: [{ field: 'rule', lost: rule('phone') }] },
  ]);
});

test('waiting changes are listed and exported with all that they say', async () => {
  const server = await workspace();
  server.put(segment('s', { name: 'Doomed' }));
  const ann = await device(server, 'ann');
  server.up = false;
  server.notify();
  await ann.api.editContact(1, 'email', 'new@example.com');
  await ann.api.saveDocument('segment', null, body);
  await ann.api.removeDocument('s');
  const waiting = await ann.api.waitingChanges();
  expect(waiting.map(({ kind, name, field, removed }) => [kind, name, field, removed])).toEqual([
    ['contact-edit', 'new@example.com', 'email', false],
    ['segment', 'Regulars', null, false],
    ['segment', 'Doomed', null, true],
  ]);
  const { name, text } = await ann.api.exportWaiting();
  expect(name).toMatch(/^muster-unsent-.*\.json$/);
  const file = JSON.parse(text);
  expect(file).toMatchObject({ format: 'muster-unsent-changes', version: 1, workspace: 'Tiny', by: { id: 'ann' } });
  expect(file.changes).toMatchObject([
    { text: { to: 'new@example.com', from: 'buyer@example.com' } },
    { text: { rule: rule('email') } },
    { removed: true },
  ]);
});
