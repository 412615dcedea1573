/** Failures the simulation once found, as named cases: scripted, with the simulation's own devices. */
import { afterEach, expect, test } from 'vitest';
import { pushInput } from '#shared/sync/wire.schema.ts';
import { door, endAll, scene } from './scene.ts';
import { clock, finish } from './world/one-world.ts';

afterEach(endAll);

test('gaps in contact ids made every dense chunk look damaged', async () => {
  const one = scene();
  for (const id of [1, 2, 5, 9]) await one.contact(id);
  const ann = await one.device('dev1', 'ann');
  await finish(one.server.erase(2));
  await one.build();
  await one.inStep(ann);
  await finish(ann.close());
  ann.network.link.online = false;
  ann.open();
  const query = { search: '', rule: null, sort: { key: 'id', descending: false } } as const;
  const { rows } = await finish(ann.api.contactPage(query, 0, 10));
  expect(rows.map(({ id, email }) => [id, email])).toEqual([1, 5, 9].map((id) => [id, `mail${id}@example.com`]));
  expect(await one.end()).toEqual([]);
});

test('the connection loop ended when the question why a session ended was lost', async () => {
  const one = scene();
  const ann = await one.device('dev1', 'ann');
  let lost = 0;
  one.onRequest.set('dev1', async ({ path }, go) => {
    if (path === 'device.state' && lost++ === 0) throw new Error('lost');
    return go();
  });
  const id = await one.save(ann, null, { name: 'kept' });
  await one.inStep(ann);
  one.server.endSession('dev1');
  await one.until(() => lost > 0);
  await one.until(async () => (await finish(ann.api.status())).signInNeeded);
  await finish(ann.signIn());
  await one.save(ann, id, { name: 'and changed' });
  await one.inStep(ann);
  expect(one.server.state.documents.get(id)?.body.name).toBe('and changed');
  expect(await one.end()).toEqual([]);
});

test('a text the server already has was not sent so that a copy pulled meanwhile was passed over', async () => {
  const one = scene();
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  const id = await one.save(bob, null, { name: 'first' });
  await one.inStep(bob, ann);
  let pushes = 0;
  let pulled = 0;
  const again = door();
  one.onRequest.set('dev2', async ({ path }, go) => {
    if (path === 'sync.push' && ++pushes === 2) await again.pass();
    const answer = await go();
    if (path === 'sync.pull' && answer.ok && JSON.stringify(answer.data).includes('by ann')) pulled++;
    return answer;
  });
  await one.save(bob, id, { name: 'by bob' });
  // Taken, and confirmed by a pull: RxDB wants to push that, too.
  await one.until(() => again.reached);
  await one.inStep(ann);
  await one.save(ann, id, { name: 'by ann' });
  await one.until(() => pulled > 0);
  again.open();
  await one.inStep(ann, bob);
  expect(await one.text(bob, id)).toMatchObject({ name: 'by ann' });
  expect(await one.end()).toEqual([]);
});

test("a push's answer older than a copy pulled meanwhile put the old text back", async () => {
  const one = scene();
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  const id = await one.save(ann, null, { name: 'first', subject: 'first' });
  await one.inStep(ann, bob);
  one.online(bob, false);
  await one.save(ann, id, { name: 'the same', subject: 'second' });
  await one.inStep(ann);
  // Joined with the second text nothing of it is news.
  await one.save(bob, id, { name: 'the same' });
  let pushes = 0;
  let pulled = 0;
  const answering = door();
  one.onRequest.set('dev2', async ({ path }, go) => {
    const answer = await go();
    // The answer, a conflict with the second text, stays on the way.
    if (path === 'sync.push' && pushes++ === 0) await answering.pass();
    if (path === 'sync.pull' && answer.ok && JSON.stringify(answer.data).includes('third')) pulled++;
    return answer;
  });
  one.online(bob, true);
  await one.until(() => answering.reached);
  await one.save(ann, id, { subject: 'third' });
  await one.until(() => pulled > 0);
  answering.open();
  await one.inStep(bob, ann);
  for (const device of [ann, bob]) {
    expect(await one.text(device, id)).toMatchObject({ name: 'the same', subject: 'third' });
  }
  expect(await one.end()).toEqual([]);
});

test('a device without personal data could be edited', async () => {
  const one = scene();
  await one.contact(1);
  const ann = await one.device('dev1', 'ann');
  const hello = 'Somewhere';
  await finish(ann.api.setKeep({ eventDays: null, personal: false }));
  await one.until(async () => (await finish(ann.api.contactCard(1)))?.row.town === null);
  await expect(finish(ann.api.editContact(1, 'town', hello))).rejects.toMatchObject({
    code: 'forbidden',
    field: 'town',
  });
  await clock.advance(10_000);
  expect(await finish(ann.api.status())).toMatchObject({ waiting: 0, refused: 0 });
  expect(await finish(ann.disk.readable())).not.toContain(hello);
  // What is not personal can be edited.
  await finish(ann.api.editContact(1, 'country', 'DE'));
  await one.until(() => one.server.state.contacts.get(1)?.country === 'DE');
  expect(await one.end()).toEqual([]);
});

test('[ERASE-2] a review written before its device heard of an erasure comes back to nobody', async () => {
  const one = scene();
  await one.contact(1);
  await one.contact(2);
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  one.server.takeSnapshot();
  one.server.intake.remember(1, 'nowhere');
  await finish(ann.api.editContact(1, 'town', 'Nowhere'));
  await one.inStep(ann, bob);
  one.server.restore();
  // The devices make a review of what the restored server has lost, and cannot send them before the erasure.
  const held = door();
  for (const { name } of [ann, bob]) {
    one.onRequest.set(name, async ({ path }, go) => {
      if (path === 'sync.push') await held.pass();
      return go();
    });
  }
  await one.until(() => held.reached);
  await finish(one.server.erase(1));
  await one.build();
  held.open();
  await one.inStep(ann, bob);
  expect(one.server.taken.filter(({ kind }) => kind === 'review')).toEqual([]);
  expect(await one.end()).toEqual([]);
});

test('[DOC-4] a text that came to say what the server says already waited for ever', async () => {
  const one = scene();
  const ann = await one.device('dev1', 'ann');
  const id = await one.save(ann, null, { name: 'first' });
  await one.inStep(ann);
  one.online(ann, false);
  await one.save(ann, id, { name: 'second' });
  await one.save(ann, id, { name: 'first' });
  expect(await finish(ann.api.status())).toMatchObject({ waiting: 1 });
  one.online(ann, true);
  await one.inStep(ann);
  // Saved without a change it does not even travel.
  await one.save(ann, id, { name: 'first' });
  expect((await finish(ann.api.document(id)))?.waiting).toBe(false);
  expect(await one.end()).toEqual([]);
});

test('[DOC-4] a text that came to say what somebody else had sent meanwhile waited for ever', async () => {
  const one = scene();
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  const holding = door();
  one.onRequest.set('dev2', async ({ path }, go) => {
    const answer = await go();
    if (path === 'sync.push') await holding.pass();
    return answer;
  });
  const id = await one.save(bob, null, { name: 'first' });
  await one.until(() => holding.reached);
  await one.inStep(ann);
  await one.save(ann, id, { name: 'agreed' });
  await one.inStep(ann);
  // Bob's device has heard of neither: what is pulled is passed over while the answer to his push is on its way.
  await clock.advance(10_000);
  await one.save(bob, id, { name: 'agreed' });
  holding.open();
  await one.inStep(bob, ann);
  expect(await finish(bob.api.status())).toMatchObject({ waiting: 0 });
  expect(await one.text(bob, id)).toMatchObject({ name: 'agreed' });
  expect(await one.end()).toEqual([]);
});

test('[REV-1] a review was lost when its writer lost the right to edit between merge and push', async () => {
  const one = scene();
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  const id = await one.save(ann, null, { name: 'first' });
  await one.inStep(ann, bob);
  one.online(bob, false);
  await one.save(bob, id, { name: 'by bob' });
  await one.save(ann, id, { name: 'by ann' });
  await one.inStep(ann);
  let merged = 0;
  one.onRequest.set('dev2', async ({ path, input }, go) => {
    const rows = path === 'sync.push' ? pushInput.parse(input).rows : [];
    // Answered with Ann's text, which was merged.
    if (rows.some(({ assumed }) => assumed?.body.name === 'by ann') && merged++ === 0) {
      one.server.setRole('bob', 'auditor');
    }
    return go();
  });
  one.online(bob, true);
  await one.inStep(bob, ann);
  expect(await finish(bob.api.status())).toMatchObject({ role: 'auditor', waiting: 0, refused: 1 });
  expect(await finish(ann.api.reviews())).toEqual([]);
  one.server.setRole('bob', 'marketer');
  await one.inStep(bob, ann);
  // What waited for him, Bob sends all the same: then Ann's text is in her review.
  const refused = (await finish(bob.api.reviews())).find(({ reason }) => reason === 'refused');
  await finish(bob.api.settleReview(refused?.id ?? '', 'takeBack'));
  await one.inStep(bob, ann);
  expect(await one.text(ann, id)).toMatchObject({ name: 'by bob' });
  const [review, ...more] = await finish(ann.api.reviews());
  expect(more).toEqual([]);
  expect(review?.fields).toEqual([{ field: 'name', kept: 'by bob', lost: 'by ann' }]);
  await finish(ann.api.settleReview(review?.id ?? '', 'takeBack'));
  await one.inStep(ann, bob);
  expect(await one.text(bob, id)).toMatchObject({ name: 'by ann' });
  expect(await one.end()).toEqual([]);
});

test('[MERGE-5] the removal of what the server had deleted already waited for ever', async () => {
  const one = scene();
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  const [id, other] = [await one.save(ann, null, { name: 'first' }), await one.save(ann, null, { name: 'other' })];
  await one.inStep(ann, bob);
  const body = await one.text(bob, id);
  await finish(ann.api.removeDocument(id));
  await one.inStep(ann, bob);
  const holding = door();
  one.onRequest.set('dev2', async ({ path }, go) => {
    if (path === 'sync.push') await holding.pass();
    return go();
  });
  // While one text travels, the other comes back and goes again: only the removal is sent.
  await one.save(bob, other, { name: 'travels' });
  await one.until(() => holding.reached);
  await one.save(bob, id, { ...body, name: 'still needed' });
  await finish(bob.api.removeDocument(id));
  holding.open();
  await one.inStep(bob, ann);
  expect(await one.text(bob, id)).toBeNull();
  expect(one.server.state.documents.get(id)?.deleted).toBe(true);
  expect(await one.end()).toEqual([]);
});

/** Ann goes on without the server with a message that Bob will remove. Erasing somebody makes his device seal its data anew. */
async function stillNeeded() {
  const one = scene();
  await one.contact(1);
  const [ann, bob] = [await one.device('dev1', 'ann'), await one.device('dev2', 'bob')];
  const id = await one.save(ann, null, { name: 'first' });
  await one.inStep(ann, bob);
  one.online(ann, false);
  await one.save(ann, id, { name: 'still needed' });
  const sealAnew = async () => {
    await finish(one.server.erase(1));
    await one.build();
    await one.until(async () => (await finish(bob.api.contactCard(1))) === null);
  };
  return { one, ann, bob, id, sealAnew };
}

test('[MERGE-5] what was removed here and written anew elsewhere stayed away when its removal was sealed anew', async () => {
  const { one, ann, bob, id, sealAnew } = await stillNeeded();
  // The removal is taken. What tells the server of it once more gets no answer, so that newer copies are passed over.
  let pushes = 0;
  const holding = door();
  one.onRequest.set('dev2', async ({ path }, go) => {
    if (path === 'sync.push' && ++pushes > 1) await holding.pass();
    return go();
  });
  await finish(bob.api.removeDocument(id));
  await one.until(() => holding.reached);
  one.online(ann, true);
  await one.until(() => one.server.state.documents.get(id)?.deleted === false);
  await clock.advance(10_000);
  await sealAnew();
  await clock.advance(10_000);
  one.onRequest.delete('dev2');
  holding.open();
  await one.inStep(bob, ann);
  expect(await one.text(bob, id)).toMatchObject({ name: 'still needed' });
  expect(await one.end()).toEqual([]);
});

test('[MERGE-5] what was removed here is shown when it is written anew elsewhere after its removal was sealed anew', async () => {
  const { one, ann, bob, id, sealAnew } = await stillNeeded();
  await finish(bob.api.removeDocument(id));
  await one.inStep(bob);
  await sealAnew();
  await one.inStep(bob);
  one.online(ann, true);
  await one.inStep(ann, bob);
  expect(await one.text(bob, id)).toMatchObject({ name: 'still needed' });
  expect(await one.end()).toEqual([]);
});

test('a sign-in whose second question was lost had to be made again', async () => {
  const one = scene();
  const ann = await one.device('dev1', 'ann');
  await finish(ann.api.actions.signOut('discard'));
  await clock.advance(10_000);
  let lost = false;
  one.onRequest.set('dev1', async ({ path }, go) => {
    if (path !== 'system.info' || lost) return go();
    lost = true;
    throw new Error('lost');
  });
  await expect(finish(ann.signIn())).rejects.toThrow();
  await one.inStep(ann);
  expect(await one.end()).toEqual([]);
});
