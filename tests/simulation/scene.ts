/** A scripted case: a few devices before a server in memory, over good links; what goes wrong is said by the test. */
import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import type { Hint } from '#shared/sync/wire.schema.ts';
import { Device } from './device/device.ts';
import type { Answer, DeviceServer, Request } from './device/device-server.ts';
import { differences, leftovers } from './scenario/oracle.ts';
import { buildGeneration, numberDirty } from './server/columns.ts';
import type { Sabotage } from './server/numbering.ts';
import { SimServer } from './server/server.ts';
import { clock, finish, newWorld } from './world/one-world.ts';
import type { World } from './world/world.ts';

type Body = Record<string, unknown>;
/** What a test does with a request; `go` asks the server, with another input if one is given. */
type OnRequest = (request: Request, go: (input?: unknown) => Promise<Answer>) => Promise<Answer>;

let scenes = 0;
const open = new Set<Scene>();

/** RxDB allows few open collections in a process: end a scene before the next one begins. */
export function scene(sabotage: Sabotage | null = null): Scene {
  const one = new Scene(sabotage);
  open.add(one);
  return one;
}

/** Ends what a failed test left open. */
export async function endAll(): Promise<void> {
  for (const one of open) await one.end();
}

class Scene {
  readonly world: World;
  readonly server: SimServer;
  readonly devices: Device[] = [];
  /** By device: stands between it and the server. */
  readonly onRequest = new Map<string, OnRequest>();
  /** Devices whose stream is answered with something else than 200. */
  readonly noStream = new Set<string>();

  constructor(sabotage: Sabotage | null = null) {
    this.world = newWorld(1_000 + ++scenes, false);
    const users = ['ann', 'bob'].map((id) => ({ id, email: `${id}@example.com`, name: id }));
    this.server = new SimServer(this.world, users, sabotage);
  }

  /** A device whose person is signed in and that is in step. */
  async device(name: string, userId: string): Promise<Device> {
    const device = new Device(this.world, this.#between(), name, userId);
    this.devices.push(device);
    device.open();
    await finish(device.signIn());
    await this.inStep(device);
    return device;
  }

  /** A contact as intake brings it, with the chunks it is in. */
  async contact(id: number): Promise<void> {
    const { core, process, state } = this.server;
    state.contacts.set(id, {
      country: 'GB',
      languageCode: null,
      timeZone: null,
      source: 'API',
      emailStatus: 'subscribed',
      createdAt: clock.now,
      externalCustomerId: `ext${id}`,
      email: `mail${id}@example.com`,
      phone: null,
      firstName: `first${id}`,
      lastName: `last${id}`,
      region: null,
      town: `town${id}`,
      address: null,
      postcode: null,
    });
    state.dirty.push({ id: -id, entity: 'contact', key: id });
    await finish(numberDirty(core, process));
    await this.build();
  }

  async build(): Promise<void> {
    await finish(buildGeneration(this.server.core, this.server.process));
  }

  /** Stores a message's text on a device; answers its id. */
  async save(device: Device, id: string | null, change: Body): Promise<string> {
    const fresh = { name: 'a message', subject: '', preheader: '', format: 'html', source: '', createdAt: 1 };
    const known = id === null ? fresh : (await finish(device.api.document(id)))?.body;
    return finish(device.api.saveDocument('message', id, { ...known, ...change }));
  }

  /** A message's text as a device shows it; null when it shows none. */
  async text(device: Device, id: string): Promise<Body | null> {
    return (await finish(device.api.document(id)))?.body ?? null;
  }

  /** Somebody's link breaks and comes back. */
  online(device: Device, online: boolean): void {
    device.network.link.online = online;
    if (online) device.api.syncNow().catch(() => undefined);
    else device.network.cut();
  }

  /** Time passes until something is so. */
  async until(what: () => boolean | Promise<boolean>): Promise<void> {
    for (let left = 600; !(await what()); left--) {
      if (left === 0) throw new Error('This never happened.');
      await clock.advance(100);
    }
  }

  /** How a device differs from the server, given a while to come in step; empty when it does not. */
  async apart(device: Device, patience = 40): Promise<string[]> {
    for (let left = patience; ; left--) {
      await clock.advance(1_000);
      const found = await this.#differences(device);
      if (found.length === 0 || left === 0) return found;
    }
  }

  async inStep(...devices: Device[]): Promise<void> {
    for (const device of devices) {
      const found = await this.apart(device);
      if (found.length > 0) throw new Error(found.join('\n'));
    }
  }

  /** Answers the errors that nobody expected. */
  async end(): Promise<string[]> {
    open.delete(this);
    for (const device of this.devices) await finish(device.close());
    // What RxDB has put off is done before the clock forgets it.
    await clock.advance(60_000);
    return this.world.problems;
  }

  async #differences(device: Device): Promise<string[]> {
    try {
      return [...(await finish(differences(device, this.server))), ...(await finish(leftovers(device, this.server)))];
    } catch (error) {
      // Nobody is signed in, or the account is being opened.
      if (error instanceof DataFailure) return [`${device.name}: ${error.message}`];
      throw error;
    }
  }

  #between(): DeviceServer {
    const { server, onRequest, noStream } = this;
    return {
      get up() {
        return server.up;
      },
      handle(device, request) {
        const go = (input = request.input) => server.handle(device, { ...request, input });
        return onRequest.get(device)?.(request, go) ?? go();
      },
      chunk: (device, hash) => server.chunk(device, hash),
      async stream(device, protocol, signal): Promise<AsyncIterable<Hint>> {
        if (noStream.has(device)) throw new Error('502');
        return server.stream(device, protocol, signal);
      },
      signIn: (device, userId) => server.signIn(device, userId),
      endSession: (device) => server.endSession(device),
      currentUser: (device) => server.currentUser(device),
    };
  }
}

/** A door that somebody opens; whoever asks before waits. */
export function door(): { opened: Promise<void>; open: () => void; reached: boolean; pass(): Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const one = {
    opened: promise,
    open: resolve,
    reached: false,
    pass() {
      one.reached = true;
      return promise;
    },
  };
  return one;
}
