/** What becomes of texts between devices: the real data service in Node, against a tiny workspace that judges as the server does. */
import { afterEach, expect, test } from 'vitest';
import { must } from '#shared/kernel/assert.ts';
import type { Envelope } from '#shared/sync/envelope.schema.ts';
import { memoryBackend } from '#tests/support/memory-backend.ts';
import { memoryBook } from '#tests/support/memory-book.ts';
import { TinyServer } from '#tests/support/tiny-server.ts';
import { createDataService, type DataService } from './data-service.ts';

const START = 1_800_000_000_000;
const open: DataService[] = [];
const errors: unknown[] = [];
let clock = START;

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

async function until<T>(what: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const value = await what();
    if (wanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`not in time; last: ${JSON.stringify(value)} ${errors.join()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function workspace(): Promise<TinyServer> {
  const server = new TinyServer();
  server.addPerson(1, { email: 'buyer@example.com', country: 'GB' });
  for (const name of ['ann', 'ben']) {
    const body = { userId: name, name: name === 'ann' ? 'Ann' : 'Ben', role: 'admin', active: true };
    server.put({ id: `member:${name}`, kind: 'member', schemaVersion: 1, body, deleted: false, by: null });
  }
  await server.build();
  return server;
}

/** One person's device; `start` opens it again after `stop`, with whatever lies on its disk. */
async function device(server: TinyServer, person: string) {
  const [backend, book] = [memoryBackend(), memoryBook()];
  const platform = {
    ...server.device(backend, book, () => ++clock, person),
    onError: (error: unknown) => errors.push(error),
  };
  const start = () => {
    const service = createDataService(platform);
    open.push(service);
    return service;
  };
  const stop = async (service: DataService) => {
    open.splice(open.indexOf(service), 1);
    await service.close();
  };
  const service = start();
  await service.api.actions.signIn({ email: `${person}@example.com`, password: 'x' });
  await synced(service);
  return { service, api: service.api, start, stop };
}

const synced = ({ api }: Pick<DataService, 'api'>) =>
  until(
    () => api.status(),
    ({ online, generation, waiting, transfer }) => online && generation > 0 && waiting === 0 && transfer === null,
  );

const rule = (...fields: string[]) => ({
  type: 'all',
  rules: fields.map((field) => ({ type: 'presence', field, op: 'isSet' })),
});
const body = { name: 'Regulars', description: '', rule: rule('email'), createdAt: START };
const segment = (id: string, more: Record<string, unknown> = {}): Omit<Envelope, 'rev' | 'at'> => ({
  id,
  kind: 'segment',
  schemaVersion: 2,
  body: { ...body, live: null, ...more },
  deleted: false,
  by: 'ben',
});
const has = (name: string) => (docs: { body: Record<string, unknown> }[]) => docs.some((doc) => doc.body.name === name);
const segments = ({ api }: Pick<DataService, 'api'>) => api.documents('segment');
const edit = async ({ api }: Pick<DataService, 'api'>, id: string, more: Record<string, unknown>) =>
  api.saveDocument('segment', id, { ...must(await api.document(id), 'the segment').body, ...more });
const nameOn = (server: TinyServer, id: string) => server.documents.get(id)?.body.name;

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
  expect(server.documents.get('review:x')?.body.settledBy).toEqual(['ben', 'ann']);
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

test('[TOMB-2] away for too long: what the server forgot is dropped, unsent changes stay and join with what is there', async () => {
  const server = await workspace();
  server.put(segment('gone', { name: 'Gone' }));
  server.put(segment('kept', { name: 'Kept' }));
  server.put(segment('edited', { name: 'Edited and gone' }));
  const ann = await device(server, 'ann');
  server.up = false;
  server.notify();
  await edit(ann.service, 'kept', { name: 'Kept by Ann' });
  await edit(ann.service, 'edited', { name: 'Edited by Ann' });
  server.put(segment('kept', { name: 'Kept', description: 'by Ben' }));
  for (const id of ['gone', 'edited']) {
    server.put({ ...segment(id), deleted: true, body: {} });
    server.prune(id);
  }
  server.up = true;
  ann.service.retryNow();
  await until(
    () => segments(ann.service),
    (docs) => !has('Gone')(docs) && docs.length === 2,
  );
  await until(
    async () => [nameOn(server, 'kept'), nameOn(server, 'edited')],
    (names) => names.join() === 'Kept by Ann,Edited by Ann',
  );
  await synced(ann.service);
  expect(server.documents.get('kept')?.body).toMatchObject({ name: 'Kept by Ann', description: 'by Ben' });
  expect(await ann.api.reviews()).toEqual([]);
});

test('[EPOCH-2] a restored server: accepted texts it lost become reviews, unsent ones are sent, and each can be taken back', async () => {
  const server = await workspace();
  server.put(segment('s', { name: 'Old' }));
  const backup = server.backup();
  const ann = await device(server, 'ann');
  await edit(ann.service, 's', { name: 'New' });
  const lost = await ann.api.saveDocument('segment', null, { ...body, name: 'Made after the backup' });
  await until(
    () => segments(ann.service),
    (docs) => docs.length === 2 && docs.every(({ waiting }) => !waiting),
  );
  server.up = false;
  server.notify();
  const unsent = await ann.api.saveDocument('segment', null, { ...body, name: 'Never sent' });
  server.restore(backup, 'second');
  server.up = true;
  ann.service.retryNow();
  await until(
    async () => nameOn(server, unsent),
    (name) => name === 'Never sent',
  );
  const reviews = await until(
    () => ann.api.reviews(),
    (items) => items.length === 2,
  );
  await synced(ann.service);
  expect(nameOn(server, 's')).toBe('Old');
  expect(server.documents.has(lost)).toBe(false);
  for (const { id } of reviews) await ann.api.settleReview(id, 'takeBack');
  await synced(ann.service);
  expect([nameOn(server, 's'), nameOn(server, lost)]).toEqual(['New', 'Made after the backup']);
  expect(await ann.api.reviews()).toEqual([]);
});

test('[EPOCH-2] a device that began anew for another reason, while the server was restored unseen, keeps what it had', async () => {
  const server = await workspace();
  const backup = server.backup();
  const ann = await device(server, 'ann');
  const lost = await ann.api.saveDocument('segment', null, { ...body, name: 'Made after the backup' });
  await until(
    () => ann.api.document(lost),
    (doc) => doc?.waiting === false,
  );
  server.up = false;
  server.notify();
  server.restore(backup, 'second');
  server.up = true;
  // Asked for before the device has heard of anything.
  await ann.api.redownload();
  ann.service.retryNow();
  const [item] = await until(
    () => ann.api.reviews(),
    (items) => items.length === 1,
  );
  expect(item).toMatchObject({ reason: 'restored', documentId: lost, name: 'Made after the backup' });
  await ann.api.settleReview(item?.id ?? '', 'takeBack');
  await until(
    async () => nameOn(server, lost),
    (name) => name === 'Made after the backup',
  );
});

test('[EPOCH-2] a text that was taken and had not come back when the server was restored is sent again', async () => {
  const server = await workspace();
  server.put(segment('s', { name: 'Old' }));
  const backup = server.backup();
  const ann = await device(server, 'ann');
  server.objection = () => {
    // The push is answered; nothing after it.
    server.up = false;
    return null;
  };
  await edit(ann.service, 's', { name: 'New' });
  await until(
    () => ann.api.status(),
    ({ online }) => !online,
  );
  expect(nameOn(server, 's')).toBe('New');
  server.objection = () => null;
  server.restore(backup, 'second');
  server.up = true;
  ann.service.retryNow();
  await until(
    () => ann.api.document('s'),
    (doc) => doc?.waiting === false,
  );
  expect(nameOn(server, 's')).toBe('New');
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
