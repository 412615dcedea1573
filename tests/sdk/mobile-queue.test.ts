/** The promise of the mobile SDK: what was noted reaches the server once and in order, whatever is killed or lost on the way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMuster, type Muster } from '#sdk/mobile/client.ts';
import { openQueue } from '#sdk/mobile/queue.ts';
import { type Fate, fates, MobileWorld, settled } from '#tests/support/mobile-world.ts';

const HOUR = 3_600_000;
const app = { version: '1.0', build: '7' };
const open = (world: MobileWorld, diesAtWrite?: number): Muster =>
  createMuster({ url: 'http://shop.example', accessKey: 'key', app, platform: world.start(diesAtWrite) });

type Act =
  | { does: 'track' }
  | { does: 'name'; name: string }
  | { does: 'restart'; diesAtWrite: number }
  | { does: 'wait'; ms: number }
  | { does: 'network'; isOnline: boolean };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Act>({ does: 'track' }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('name' as const), name: fc.constantFrom('Ann', 'Bo', 'Cy') }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('restart' as const), diesAtWrite: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 60_000 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('network' as const), isOnline: fc.boolean() }) },
);

type Played = { world: MobileWorld; noted: number[]; tried: number; name: string | null; kills: number };

/** Plays the acts, then lets the app run on a good network until nothing waits. */
async function play(acts: readonly Act[], lots: readonly Fate[]): Promise<Played> {
  const world = new MobileWorld();
  world.fates = [...lots];
  let muster = open(world);
  const played: Played = { world, noted: [], tried: 0, name: null, kills: 0 };
  for (const one of acts) {
    if (one.does === 'track') {
      const number = played.tried++;
      void muster.track('step', { number }).then(() => played.noted.push(number));
    } else if (one.does === 'name') {
      void muster.setUser({ externalUserId: 'u-1', firstName: one.name }).then(() => {
        played.name = one.name;
      });
    } else if (one.does === 'restart') {
      muster = open(world, one.diesAtWrite);
      played.kills += 1;
    } else if (one.does === 'network') world.setOnline(one.isOnline);
    else await world.pass(one.ms);
    await settled();
  }
  world.fates = [];
  muster = open(world);
  world.setOnline(true);
  await world.pass(HOUR);
  expect(await muster.status()).toMatchObject({ waiting: 0, dropped: 0, refused: 0 });
  return played;
}

const numbersOf = ({ server }: MobileWorld): unknown[] =>
  server.events.filter(({ eventTypeKey }) => eventTypeKey === 'step').map(({ params }) => params[0]?.value);

test('whatever is killed, lost, late or repeated: each noted event is stored once, in the order of the device', async () => {
  const done = { kills: 0, events: 0, requests: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 5, maxLength: 40 }),
      fc.array(fc.constantFrom(...fates), { maxLength: 30 }),
      async (acts, lots) => {
        const { world, noted, kills } = await play(acts, lots);
        const stored = numbersOf(world);
        // What was being noted when the app died may be there; what was noted must be.
        expect(stored).toEqual(expect.arrayContaining(noted));
        expect(stored).toEqual([...new Set(stored)].sort((one, other) => Number(one) - Number(other)));
        const installed = world.server.events.filter(({ eventTypeKey }) => eventTypeKey === 'ApplicationInstalled');
        expect(installed).toHaveLength(1);
        done.kills += kills;
        done.events += stored.length;
        done.requests += world.server.requests;
      },
    ),
    { numRuns: 300 },
  );
  // Otherwise the property says nothing.
  expect(done.kills).toBeGreaterThan(100);
  expect(done.events).toBeGreaterThan(300);
  expect(done.requests).toBeGreaterThan(300);
});

test('the server ends with what the app said last of the user', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        act.filter(({ does }) => does !== 'restart'),
        { minLength: 5, maxLength: 40 },
      ),
      fc.array(fc.constantFrom(...fates), { maxLength: 30 }),
      async (acts, lots) => {
        const { world, name } = await play(acts, lots);
        const told = world.server.users.map(({ userAttributes }) => userAttributes);
        expect(told.at(-1)).toEqual(name === null ? undefined : { firstName: name });
        // Only changes are told.
        for (const [at, one] of told.entries()) if (at > 0) expect(one).not.toEqual(told[at - 1]);
      },
    ),
    { numRuns: 200 },
  );
});

const entry = (id: string, kind: 'event' | 'user' = 'event') => ({ id, kind, deviceId: 'd', body: {} });

test('when it is full the oldest event goes first, and words of the user only when there is no event', async () => {
  const world = new MobileWorld();
  const bounds = { entries: 3, characters: 100_000 };
  const queue = await openQueue(world.start(), 'q.', bounds);
  for (const [id, kind] of [['u1', 'user'], ['e1'], ['e2'], ['e3'], ['u2', 'user'], ['u3', 'user']] as const) {
    await queue.add(entry(id, kind));
  }
  expect(queue.entries().map(({ id }) => id)).toEqual(['u1', 'u2', 'u3']);
  expect(queue.dropped()).toBe(3);
  await queue.add(entry('u4', 'user'));
  const again = await openQueue(world.start(), 'q.', bounds);
  expect(again.entries().map(({ id }) => id)).toEqual(['u2', 'u3', 'u4']);
  expect(world.disk.size).toBe(3);
});

test('it is bounded in characters too, and one entry always fits', async () => {
  const world = new MobileWorld();
  const queue = await openQueue(world.start(), 'q.', { entries: 100, characters: 300 });
  for (const id of ['a', 'b', 'c']) await queue.add({ ...entry(id), body: { text: 'x'.repeat(100) } });
  expect(queue.entries().map(({ id }) => id)).toEqual(['c']);
});

test('what cannot be read is thrown away, and the rest is sent', async () => {
  const world = new MobileWorld();
  const queue = await openQueue(world.start(), 'q.');
  await queue.add(entry('a'));
  for (const [at, text] of ['{"id":', '[]', '{"id":"x","kind":"other"}'].entries())
    world.disk.set(`q.00000000000${at}`, text);
  world.disk.set('another', 'app');
  const again = await openQueue(world.start(), 'q.');
  expect(again.entries()).toEqual([entry('a')]);
  expect([...world.disk.keys()].sort()).toEqual(['another', 'q.000000000001.a']);
  expect(world.log).toHaveLength(3);
});

test('a storage that takes nothing costs nothing but the copy', async () => {
  const world = new MobileWorld();
  const platform = world.start();
  platform.storage.set = () => Promise.reject(new Error('the disk is full'));
  const muster = createMuster({ url: 'http://shop.example/', accessKey: 'key', app, platform });
  await muster.track('step', { number: 1 });
  await world.pass(1_000);
  expect(numbersOf(world)).toEqual([1]);
  expect(world.log.length).toBeGreaterThan(0);
});
