import { type AppVersion, backgrounded, type LifecycleEvent, type LifecycleOptions, opened } from './lifecycle.ts';
import type { Platform } from './platform.ts';
import { type Body, type Entry, type Json, openQueue, type Queue } from './queue.ts';
import { createSender, type Sender, type Server } from './sender.ts';
import { type ShopEvent, shopEvents } from './shop-events.ts';
import { newState, type Push, readState, type State } from './state.ts';
import { changesIn, changesOf, type KnownUser, type UserWords, userBody } from './user.ts';

/** What a device is; left out what nobody knows. */
export type DeviceInfo = {
  category?: 'MOBILE' | 'TABLET';
  osType?: string;
  osVersion?: string;
  deviceModel?: string;
  languageCode?: string;
  timeZone?: string;
  advertisingId?: string;
};

export type Options = Server & {
  app: AppVersion;
  device?: DeviceInfo;
  platform: Platform;
  lifecycle?: LifecycleOptions;
  /** Under which name things are stored; another one is another, independent device. */
  name?: string;
};

type Shop = { [K in keyof typeof shopEvents]: (...given: Parameters<(typeof shopEvents)[K]>) => Promise<void> };
type Params = { readonly [name: string]: Json };

/** Every method resolves when what it was told is stored on the device; none of them throws. */
export type Muster = {
  /** The user is signed in, or more is known of the user. Only what the server does not know yet is sent. */
  setUser(user: UserWords & { externalUserId?: string }): Promise<void>;
  /** What follows is another device's, of nobody known: the next user of this one inherits nothing. */
  signOut(): Promise<void>;
  setPush(push: Push): Promise<void>;
  /** `at`: epoch ms; now, where nothing is said. */
  track(type: string, params?: Params, at?: number): Promise<void>;
  screenViewed(screenClass: string): Promise<void>;
  shop: Shop;
  /** Sends what waits; whether nothing waits any more. */
  flush(): Promise<boolean>;
  status(): Promise<{ deviceId: string; waiting: number; dropped: number; refused: number }>;
  /** Ends everything it does by itself. What waits stays stored. */
  stop(): Promise<void>;
};

const GATHER_MS = 500;
const LONGEST_TYPE = 200;
const MOST_CHARACTERS = 60_000;

type Parts = { queue: Queue; sender: Sender };

export function createMuster(options: Options): Muster {
  const { platform, app, device = {}, lifecycle = {}, name = 'muster' } = options;
  const stateKey = `${name}.state`;
  let state = newState(platform.newId);
  let isOpen = false;
  let stops: (() => void)[] = [];
  let remembering: Promise<void> = Promise.resolve();
  const ready = start();

  function remember(next: State): Promise<void> {
    state = next;
    const text = JSON.stringify(next);
    remembering = remembering
      .then(() => platform.storage.set(stateKey, text))
      .catch((error: unknown) => platform.log?.('What happened could not be remembered.', error));
    return remembering;
  }

  const who = (): Pick<Entry, 'deviceId' | 'externalUserId'> => ({
    deviceId: state.deviceId,
    ...(state.externalUserId === undefined ? {} : { externalUserId: state.externalUserId }),
  });

  async function add({ queue, sender }: Parts, entry: Omit<Entry, 'deviceId' | 'externalUserId'>): Promise<void> {
    const written = queue.add({ ...entry, ...who() });
    sender.wake(GATHER_MS);
    await written;
  }

  async function addEvent(parts: Parts, { id = platform.newId(), type, at, params }: LifecycleEvent): Promise<void> {
    const eventTypeKey = type.trim().slice(0, LONGEST_TYPE);
    const list = Object.entries(params).map(([key, value]) => ({ name: key, value }));
    const body: Body = { eventTypeKey, occurred: new Date(at).toISOString(), params: list };
    if (eventTypeKey === '' || JSON.stringify(body).length > MOST_CHARACTERS) {
      platform.log?.(`The event “${eventTypeKey}” has no name or is too large; it is not sent.`);
      return;
    }
    await add(parts, { id, kind: 'event', body });
  }

  /** The device is told of again whenever something about it, or whose it is, has changed. */
  async function tellDevice(parts: Parts): Promise<void> {
    const { push } = state;
    const body: Body = {
      appVersion: app.version,
      ...device,
      ...(push && { pushToken: push.token, pushSubscribed: push.subscribed }),
    };
    const [last] = parts.queue
      .entries()
      .filter(({ kind }) => kind === 'device')
      .slice(-1);
    if (JSON.stringify({ ...who(), body }) === (last ? deviceText(last) : state.toldDevice)) return;
    await add(parts, { id: platform.newId(), kind: 'device', body });
  }

  const isOf = (entry: Pick<Entry, 'deviceId' | 'externalUserId'>): boolean =>
    entry.deviceId === state.deviceId && entry.externalUserId === state.externalUserId;

  /** What the server knows of the user once all that waits has arrived. */
  function knownUser({ queue }: Parts): KnownUser {
    const told = queue.entries().filter((entry) => entry.kind === 'user' && isOf(entry));
    const before = isOf(state.toldUser) ? state.toldUser.known : {};
    return Object.assign({}, before, ...told.map(({ body }) => changesIn(body)));
  }

  async function onTaken(entry: Entry): Promise<void> {
    if (entry.kind === 'device') return remember({ ...state, toldDevice: deviceText(entry) });
    if (entry.kind !== 'user') return;
    const { deviceId, externalUserId, body } = entry;
    const { toldUser } = state;
    const isSame = toldUser.deviceId === deviceId && toldUser.externalUserId === externalUserId;
    const known = { ...(isSame && toldUser.known), ...changesIn(body) };
    await remember({
      ...state,
      toldUser: { deviceId, ...(externalUserId === undefined ? {} : { externalUserId }), known },
    });
  }

  async function cameToFront(parts: Parts, fromBackground: boolean): Promise<void> {
    if (isOpen) return;
    isOpen = true;
    const step = opened(state, { app, fromBackground, now: platform.now(), newId: platform.newId, options: lifecycle });
    // Told first and remembered then: what may be told twice has an id of its own.
    for (const event of step.events) await addEvent(parts, event);
    await remember({ ...state, app: step.state.app, session: step.state.session });
    if (fromBackground) void parts.sender.flush();
  }

  async function wentAside(parts: Parts): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    const step = backgrounded(state, { now: platform.now(), options: lifecycle });
    for (const event of step.events) await addEvent(parts, event);
    await remember({ ...state, app: step.state.app, session: step.state.session });
    void parts.sender.flush();
  }

  async function start(): Promise<Parts> {
    const before = await readState(platform, stateKey);
    const queue = await openQueue(platform, `${name}.queue.`);
    const sender = createSender(platform, options, queue, onTaken);
    const parts = { queue, sender };
    await remember(before ?? state);
    await tellDevice(parts);
    const { app: front, network } = platform;
    const onFront = front?.onChange((isActive) => run((now) => (isActive ? cameToFront(now, true) : wentAside(now))));
    const onNetwork = network?.onChange((isOnline) => isOnline && void sender.flush());
    stops = [onFront, onNetwork].flatMap((stop) => stop ?? []);
    if (front?.isActive() !== false) await cameToFront(parts, false);
    if (queue.entries().length > 0) sender.wake(GATHER_MS);
    return parts;
  }

  /** In the order of the calls, one after the other. */
  let turn: Promise<unknown> = ready;
  function run(work: (parts: Parts) => Promise<void>): Promise<void> {
    const done = turn
      .then(() => ready)
      .then(work)
      .catch((error: unknown) => platform.log?.('Something was not noted.', error));
    turn = done;
    return done;
  }

  const track = (type: string, params: Params = {}, at?: number): Promise<void> => {
    const event = { type, params, at: at ?? platform.now() };
    return run((parts) => addEvent(parts, event));
  };
  const tell = ({ type, params }: ShopEvent): Promise<void> => track(type, params);

  return {
    setUser: ({ externalUserId, ...words }) =>
      run(async (parts) => {
        if (externalUserId !== undefined && externalUserId !== state.externalUserId) {
          await remember({ ...state, externalUserId });
          await tellDevice(parts);
        }
        const changes = changesOf(knownUser(parts), words);
        if (changes) await add(parts, { id: platform.newId(), kind: 'user', body: userBody(changes) });
      }),
    signOut: () =>
      run(async (parts) => {
        const { externalUserId: _gone, ...others } = state;
        await remember({ ...others, deviceId: platform.newId() });
        await tellDevice(parts);
      }),
    setPush: (push) =>
      run(async (parts) => {
        await remember({ ...state, push });
        await tellDevice(parts);
      }),
    track,
    screenViewed: (screenClass) => track('screenView', { screenClass }),
    shop: {
      productViewed: (...given) => tell(shopEvents.productViewed(...given)),
      categoryViewed: (...given) => tell(shopEvents.categoryViewed(...given)),
      addedToWishlist: (...given) => tell(shopEvents.addedToWishlist(...given)),
      cartUpdated: (...given) => tell(shopEvents.cartUpdated(...given)),
      orderCreated: (...given) => tell(shopEvents.orderCreated(...given)),
      orderUpdated: (...given) => tell(shopEvents.orderUpdated(...given)),
      orderDelivered: (...given) => tell(shopEvents.orderDelivered(...given)),
      orderCancelled: (...given) => tell(shopEvents.orderCancelled(...given)),
      searched: (...given) => tell(shopEvents.searched(...given)),
    },
    async flush() {
      await turn;
      return (await ready).sender.flush();
    },
    async status() {
      await turn;
      const { queue, sender } = await ready;
      const { deviceId } = state;
      return { deviceId, waiting: queue.entries().length, dropped: queue.dropped(), refused: sender.refused() };
    },
    async stop() {
      await turn;
      const { queue, sender } = await ready;
      for (const stop of stops) stop();
      sender.stop();
      await Promise.all([queue.settled(), remembering]);
    },
  };
}

const deviceText = ({ deviceId, externalUserId, body }: Entry): string =>
  JSON.stringify({ deviceId, ...(externalUserId === undefined ? {} : { externalUserId }), body });
