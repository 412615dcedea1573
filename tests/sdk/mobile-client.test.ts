/** What the mobile SDK tells the server, and when. */
import { expect, test } from 'vitest';
import { createMuster, type Muster, type Options } from '#sdk/mobile/client.ts';
import { fromAsyncStorage } from '#sdk/mobile/platform.ts';
import { nextBatch, outcomeOf } from '#sdk/mobile/sender.ts';
import { shopEvents } from '#sdk/mobile/shop-events.ts';
import { changesIn, changesOf, userBody } from '#sdk/mobile/user.ts';
import { MobileWorld } from '#tests/support/mobile-world.ts';

const MINUTE = 60_000;
const open = (world: MobileWorld, more: Partial<Options> = {}): Muster =>
  createMuster({
    ...{ url: 'http://shop.example', accessKey: 'key', app: { version: '1.0', build: '7' } },
    ...{ platform: world.start(), device: { osType: 'IOS' } },
    ...more,
  });
const typesOf = ({ server }: MobileWorld): string[] => server.events.map(({ eventTypeKey }) => eventTypeKey);

test('only what changed of the user is told, also member by member, and after a restart', async () => {
  const world = new MobileWorld();
  const muster = open(world);
  const ann = { externalUserId: 'u-1', firstName: 'Ann', address: { town: 'Lviv' }, fields: { SIZE: 'M' } };
  await muster.setUser(ann);
  await muster.setUser(ann);
  await muster.setUser({
    ...ann,
    address: { town: 'Lviv', postcode: '79000' },
    fields: { SIZE: 'M', COLOURS: ['red'] },
  });
  await world.pass(MINUTE);
  const again = open(world);
  await again.setUser({ ...ann, subscriptionKeys: ['news'] });
  await again.setUser({ ...ann, subscriptionKeys: ['news'] });
  await world.pass(MINUTE);
  expect(world.server.users).toEqual(
    [
      { userAttributes: { firstName: 'Ann', address: { town: 'Lviv' }, fields: [{ key: 'SIZE', value: 'M' }] } },
      { userAttributes: { address: { postcode: '79000' }, fields: [{ key: 'COLOURS', value: ['red'] }] } },
      { subscriptionKeys: ['news'] },
    ].map((told) => ({ messageId: expect.any(String), deviceId: 'id-1', externalUserId: 'u-1', ...told })),
  );
});

test('changes survive their way over the wire', () => {
  const words = { email: 'a@x.org', address: { town: 'T' }, fields: { A: 1 }, groupNamesInclude: ['g'] };
  const changes = changesOf({}, words);
  expect(changes && changesIn(userBody(changes))).toEqual(changes);
  expect(changes && changesOf(changes, words)).toBeNull();
  expect(changesIn({})).toEqual({});
});

test('the device is told of once, and again when it or its user changed; signing out makes it another’s', async () => {
  const world = new MobileWorld();
  const muster = open(world);
  await world.pass(MINUTE);
  expect(world.server.devices).toMatchObject([{ deviceId: 'id-1', osType: 'IOS', appVersion: '1.0' }]);
  await muster.stop();
  const later = open(world);
  await later.setPush({ token: 't-1', subscribed: true });
  await later.setPush({ token: 't-1', subscribed: true });
  await later.setUser({ externalUserId: 'u-1' });
  await later.signOut();
  await later.track('afterwards');
  await world.pass(MINUTE);
  const { deviceId } = await later.status();
  expect(deviceId).not.toBe('id-1');
  expect(world.server.devices.slice(1)).toEqual([
    expect.objectContaining({ deviceId: 'id-1', pushToken: 't-1', pushSubscribed: true }),
    expect.objectContaining({ deviceId: 'id-1', externalUserId: 'u-1', pushToken: 't-1' }),
    expect.not.objectContaining({ externalUserId: expect.anything() }),
  ]);
  expect(world.server.devices.at(-1)).toMatchObject({ deviceId });
  expect(world.server.events.at(-1)).toMatchObject({ eventTypeKey: 'afterwards', deviceId, externalUserId: undefined });
});

test('the life of the app is told by itself', async () => {
  const world = new MobileWorld();
  const all = { foreground: true, sessionEnd: true };
  const muster = open(world, { lifecycle: all });
  await world.pass(10_000);
  expect(typesOf(world)).toEqual(['ApplicationInstalled', 'ApplicationOpened', 'SessionStarted']);
  world.setActive(false);
  await world.pass(MINUTE);
  world.setActive(true);
  await world.pass(MINUTE);
  expect(typesOf(world).slice(3)).toEqual(['ApplicationBackgrounded', 'ApplicationOpened']);
  expect(world.server.events[3]?.params).toContainEqual({ name: 'secondsInForeground', value: 10 });
  world.setActive(false);
  await world.pass(31 * MINUTE);
  world.setActive(true);
  await world.pass(MINUTE);
  expect(typesOf(world).slice(6)).toEqual(['SessionEnded', 'ApplicationOpened', 'SessionStarted']);
  const [ended] = world.server.events.slice(6);
  expect(Object.fromEntries(ended?.params.map(({ name, value }) => [name, value]) ?? [])).toMatchObject({
    ...{ durationInSeconds: 130, applicationOpenedCount: 2, applicationBackgroundedCount: 2 },
    sessionID: world.server.events[2]?.messageId.replace(':started', ''),
  });
  await muster.stop();
  open(world, { app: { version: '1.1', build: '8' } });
  await world.pass(MINUTE);
  expect(typesOf(world).slice(9)).toEqual(['ApplicationUpdated', 'ApplicationOpened']);
  expect(world.server.events[9]?.params).toContainEqual({ name: 'previousVersion', value: '1.0' });
});

test('by default foreground and the end of sessions are not told', async () => {
  const world = new MobileWorld();
  open(world);
  await world.pass(MINUTE);
  world.setActive(false);
  await world.pass(60 * MINUTE);
  world.setActive(true);
  await world.pass(MINUTE);
  expect(typesOf(world)).toEqual(['ApplicationInstalled', 'ApplicationOpened', 'SessionStarted', 'SessionStarted']);
});

test('without a network nothing is tried, and all is sent as soon as there is one', async () => {
  const world = new MobileWorld();
  world.setOnline(false);
  const muster = open(world);
  for (let at = 0; at < 250; at++) await muster.track(`e${at}`);
  await world.pass(60 * MINUTE);
  expect([world.server.requests, (await muster.status()).waiting]).toEqual([0, 254]);
  world.setOnline(true);
  await world.pass(0);
  expect((await muster.status()).waiting).toBe(0);
  // The device, and events by the hundred.
  expect(world.server.requests).toBe(4);
  expect(typesOf(world).slice(3)).toEqual(Array.from({ length: 250 }, (_, at) => `e${at}`));
});

test('one event that the server never takes stops no other', async () => {
  const world = new MobileWorld();
  const muster = open(world);
  await world.pass(MINUTE);
  world.answer = (body) => (JSON.stringify(body).includes('poison') ? 400 : 200);
  for (const type of ['a', 'poison', 'b', 'c']) await muster.track(type);
  await world.pass(MINUTE);
  expect(typesOf(world).slice(3)).toEqual(['a', 'b', 'c']);
  expect(await muster.status()).toMatchObject({ waiting: 0, refused: 1 });
});

test('a key that is not taken costs requests, now and then, and nothing else', async () => {
  const world = new MobileWorld();
  world.answer = () => 401;
  const muster = open(world);
  await world.pass(60 * MINUTE);
  expect((await muster.status()).waiting).toBe(4);
  expect(world.server.requests).toBeLessThan(40);
  world.answer = () => 200;
  await world.pass(10 * MINUTE);
  expect(typesOf(world)).toHaveLength(3);
});

test('what answers mean', () => {
  const statuses = [200, 204, 400, 413, 422, 401, 403, 404, 408, 429, 302, 500, 503];
  expect(Object.fromEntries(statuses.map((status) => [status, outcomeOf(status)]))).toEqual({
    ...{ 200: 'taken', 204: 'taken', 400: 'refused', 413: 'refused', 422: 'refused' },
    ...{
      401: 'later',
      403: 'later',
      404: 'later',
      408: 'later',
      429: 'later',
      302: 'later',
      500: 'later',
      503: 'later',
    },
  });
});

test('a batch is events of one person on one device, and never too large', () => {
  const event = (id: string, deviceId: string, text = '') => ({ id, kind: 'event' as const, deviceId, body: { text } });
  const word = { id: 'u', kind: 'user' as const, deviceId: 'd', body: {} };
  const ids = (...given: Parameters<typeof nextBatch>) => nextBatch(...given).map(({ id }) => id);
  expect(ids([], 9)).toEqual([]);
  expect(ids([word, event('a', 'd')], 9)).toEqual(['u']);
  expect(ids([event('a', 'd'), event('b', 'd'), word], 9)).toEqual(['a', 'b']);
  expect(ids([event('a', 'd'), event('b', 'e')], 9)).toEqual(['a']);
  expect(ids([event('a', 'd'), event('b', 'd')], 1)).toEqual(['a']);
  const long = 'x'.repeat(150_000);
  expect(ids([event('a', 'd', long), event('b', 'd', long)], 9)).toEqual(['a']);
});

test('events without a name, too large or of no time harm nobody', async () => {
  const world = new MobileWorld();
  const muster = open(world);
  await muster.track(' ');
  await muster.track('large', { text: 'x'.repeat(100_000) });
  await muster.track('never', {}, Number.NaN);
  await muster.screenViewed('Home');
  await world.pass(MINUTE);
  expect(typesOf(world).slice(3)).toEqual(['screenView']);
  expect(world.log).toHaveLength(3);
});

test('what people do in a shop has the form of the original', () => {
  const product = { productId: 'p', price: 12.5, isInStock: true, attributes: { colour: ['blue'] } };
  expect(shopEvents.productViewed(product, 'EUR').params).toEqual({
    product: '{"productId":"p","price":12.5,"attributes":{"colour":["blue"]},"isInStock":1}',
    currencyCode: 'EUR',
  });
  expect(shopEvents.addedToWishlist({ ...product, isInStock: false }).params.product).toContain('"isInStock":0');
  expect(shopEvents.categoryViewed({ productCategoryId: 'mugs' })).toEqual({
    type: 'productCategoryViewed',
    params: { category: '{"productCategoryId":"mugs"}' },
  });
  expect(shopEvents.cartUpdated('c', []).params).toEqual({ cartId: 'c', products: '[]' });
  const items = [{ externalItemId: 'p', name: 'Mug', category: 'mugs', quantity: 2, cost: 12.5 }];
  const order = { externalOrderId: 'o', totalCost: 25, status: 'INITIALIZED' as const, date: '2026-11-23', items };
  expect(shopEvents.orderCreated({ ...order, attributes: { gift: 'yes', status: 'no' } }, 'EUR')).toEqual({
    type: 'orderCreated',
    params: {
      ...{ gift: 'yes', externalOrderId: 'o', totalCost: '25', status: 'INITIALIZED', date: '2026-11-23' },
      ...{ items: JSON.stringify(items), currencyCode: 'EUR' },
    },
  });
  expect([shopEvents.orderUpdated(order).type, shopEvents.orderDelivered('o'), shopEvents.orderCancelled('o')]).toEqual(
    [
      'orderUpdated',
      { type: 'orderDelivered', params: { externalOrderId: 'o' } },
      { type: 'orderCancelled', params: { externalOrderId: 'o' } },
    ],
  );
  expect(shopEvents.searched('mug', false).params).toEqual({ search: 'mug', isFound: '0' });
});

test('AsyncStorage of React Native is a storage', async () => {
  const disk = new Map<string, string>();
  const storage = fromAsyncStorage({
    getAllKeys: async () => [...disk.keys()],
    getItem: async (key) => disk.get(key) ?? null,
    setItem: async (key, value) => void disk.set(key, value),
    removeItem: async (key) => void disk.delete(key),
  });
  await storage.set('a', '1');
  expect([await storage.keys(), await storage.get('a')]).toEqual([['a'], '1']);
  await storage.remove('a');
  expect(await storage.get('a')).toBeNull();
});
