/** Texts through a new beginning: a device that was away for long, and a restored server. */
import { expect, test } from 'vitest';
import { equalJson } from '#shared/kernel/json.ts';
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

type Server = Awaited<ReturnType<typeof workspace>>;
type Device = Awaited<ReturnType<typeof device>>;
/** The server is away, and every device hears of it. */
function cutOff(server: Server): void {
  server.up = false;
  server.notify();
}
/** It is there again, and these devices look at once. */
function reconnect(server: Server, ...devices: Device[]): void {
  server.up = true;
  for (const { service } of devices) service.retryNow();
}
const equals = (wanted: unknown) => (found: unknown) => equalJson(found, wanted);
const reviewBody = (lost: string) => ({
  about: { kind: 'segment', id: 's', name: 'Of Ben', contactId: null },
  fields: [{ field: 'name', kept: 'Of Ben', lost, personal: false }],
  keptBy: 'ben',
  lostBy: 'ann',
  at: START,
  reason: 'merge',
  settledBy: [],
});

test('[TOMB-2] away for too long: what the server forgot is dropped, unsent changes stay and join with what is there', async () => {
  const server = await workspace();
  server.put(segment('gone', { name: 'Gone' }));
  server.put(segment('kept', { name: 'Kept' }));
  server.put(segment('edited', { name: 'Edited and gone' }));
  const ann = await device(server, 'ann');
  cutOff(server);
  await edit(ann.service, 'kept', { name: 'Kept by Ann' });
  await edit(ann.service, 'edited', { name: 'Edited by Ann' });
  server.put(segment('kept', { name: 'Kept', description: 'by Ben' }));
  for (const id of ['gone', 'edited']) {
    server.put({ ...segment(id), deleted: true, body: {} });
    server.prune(id);
  }
  reconnect(server, ann);
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
  cutOff(server);
  const unsent = await ann.api.saveDocument('segment', null, { ...body, name: 'Never sent' });
  server.restore(backup, 'second');
  reconnect(server, ann);
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
  // The count of what waits lags a moment behind a save: the server is asked instead.
  await until(
    async () => [nameOn(server, 's'), nameOn(server, lost)].join(),
    (names) => names === 'New,Made after the backup',
  );
  await until(
    () => ann.api.reviews(),
    (items) => items.length === 0,
  );
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
  cutOff(server);
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
  reconnect(server, ann);
  await until(
    () => ann.api.document('s'),
    (doc) => doc?.waiting === false,
  );
  expect(nameOn(server, 's')).toBe('New');
});

test('[EPOCH-2] a review that a restored server has forgotten comes back from its authors, settled by whom it was', async () => {
  const server = await workspace();
  server.put(segment('s'));
  const backup = server.backup();
  const [ann, ben] = [await device(server, 'ann'), await device(server, 'ben')];
  for (const [id, lost] of [
    ['review:x', 'Settled before'],
    ['review:y', 'Settled meanwhile'],
  ] as const) {
    server.put({ ...segment(id), kind: 'review', schemaVersion: 1, body: reviewBody(lost) });
  }
  for (const one of [ann, ben]) {
    await until(
      () => one.api.reviews(),
      (items) => items.length === 2,
    );
  }
  await ben.api.settleReview('review:x', 'keep');
  const settledBy = () => server.documents.get('review:x')?.body.settledBy;
  await until(async () => settledBy(), equals(['ben']));
  await until(
    () => ann.api.document('review:x'),
    (doc) => JSON.stringify(doc?.body.settledBy) === '["ben"]',
  );
  await synced(ann.service);
  cutOff(server);
  // Ann's device knows of Ben's; what is sent must not speak for Ben.
  await ann.api.settleReview('review:x', 'keep');
  server.restore(backup, 'second');
  expect(server.documents.has('review:x')).toBe(false);
  reconnect(server, ann, ben);
  for (const one of [ann, ben]) {
    await until(
      () => one.api.reviews(),
      (items) => items.map(({ id }) => id).join() === 'review:y',
    );
  }
  await until(async () => [settledBy()].flat().map(String).sort().join(), equals('ann,ben'));
  for (const one of [ann, ben]) await synced(one.service);
  const [item] = await ann.api.reviews();
  expect(item?.fields).toMatchObject([{ lost: 'Settled meanwhile' }]);
  expect(await ann.api.status()).toMatchObject({ refused: 0, waiting: 0 });
});

test('[EPOCH-2] what an unsent edit grew from is not lost either: a restored server has it for review, the edit is sent', async () => {
  const server = await workspace();
  server.put(segment('s', { rule: rule('email') }));
  const backup = server.backup();
  server.put(segment('s', { rule: rule('phone') }));
  const ann = await device(server, 'ann');
  cutOff(server);
  await edit(ann.service, 's', { description: 'by Ann' });
  server.restore(backup, 'second');
  reconnect(server, ann);
  const [item] = await until(
    () => ann.api.reviews(),
    (items) => items.length === 1,
  );
  await synced(ann.service);
  expect(server.documents.get('s')?.body).toMatchObject({ rule: rule('email'), description: 'by Ann' });
  expect(item).toMatchObject({
    reason: 'restored',
    documentId: 's',
    fields: [{ field: 'rule', kept: rule('email'), lost: rule('phone') }],
  });
  await ann.api.settleReview(item?.id ?? '', 'takeBack');
  await synced(ann.service);
  expect(server.documents.get('s')?.body).toMatchObject({ rule: rule('phone'), description: 'by Ann' });
  expect(await ann.api.reviews()).toEqual([]);
});

test('[EPOCH-2] whoever may not edit after a restore keeps what was lost, and has it for review once they may', async () => {
  const server = await workspace();
  const backup = server.backup();
  const ann = await device(server, 'ann');
  const lost = await ann.api.saveDocument('segment', null, { ...body, name: 'Made after the backup' });
  await until(
    () => ann.api.document(lost),
    (doc) => doc?.waiting === false,
  );
  cutOff(server);
  server.restore(backup, 'second');
  // The roles of then come back, too.
  server.role = 'auditor';
  reconnect(server, ann);
  await until(
    () => segments(ann.service),
    (docs) => docs.length === 0,
  );
  await synced(ann.service);
  expect(await ann.api.status()).toMatchObject({ role: 'auditor', waiting: 0 });
  server.role = 'admin';
  server.notify();
  const [item] = await until(
    () => ann.api.reviews(),
    (items) => items.length === 1,
  );
  expect(item).toMatchObject({ reason: 'restored', documentId: lost, name: 'Made after the backup' });
});
