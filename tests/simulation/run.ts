/** Runs one seed: the world, a server, some devices, many steps, then peace, then judgement. */

import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import { Device } from './device/device.ts';
import type { User } from './device/device-server.ts';
import { goodLink } from './device/network.ts';
import { Administration } from './scenario/administration.ts';
import { Model } from './scenario/model.ts';
import { isOfTheDead } from './scenario/of-the-dead.ts';
import { changedByOlder, differences, keptTexts, leftovers, lostValues } from './scenario/oracle.ts';
import { People } from './scenario/people.ts';
import { buildGeneration, numberDirty } from './server/columns.ts';
import type { Sabotage } from './server/numbering.ts';
import { SimServer } from './server/server.ts';
import { settle } from './world/clock.ts';
import { clock, finish, newWorld } from './world/one-world.ts';
import { Random } from './world/random.ts';
import type { Counts, World } from './world/world.ts';

export type Settings = { seed: number; steps: number; sabotage: Sabotage | null; echo: boolean };
export type Result = { seed: number; steps: number; counts: Counts; digest: string; failures: string[]; tail: string };

let random = new Random(1);

/** RxDB's free edition allows 13 open collections in a process, and a device has 3: devices take turns. */
const MOST_OPEN = 4;
const HEALED_WITHIN_MS = 900_000;

export async function runSeed({ seed, steps, sabotage, echo }: Settings): Promise<Result> {
  const world = newWorld(seed, echo);
  random = world.random;
  const { log, counts } = world;
  const run = new Run(world, sabotage);
  let step = 0;
  try {
    await run.begin();
    for (step = 1; step <= steps && world.problems.length === 0; step++) await run.step(step);
    if (world.problems.length === 0) await run.heal();
  } catch (error) {
    world.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { seed, steps: step - 1, counts, digest: log.digest(), failures: world.problems, tail: log.tail() };
}

class Run {
  readonly #world: World;
  readonly #server: SimServer;
  readonly #devices: Device[];
  readonly #model = new Model();
  readonly #people: People;
  readonly #administration: Administration;

  constructor(world: World, sabotage: Sabotage | null) {
    this.#world = world;
    const users: User[] = ['ann', 'bob', 'cleo'].map((id) => ({ id, email: `${id}@example.com`, name: id }));
    this.#server = new SimServer(world, users, sabotage);
    const count = random.int(2, 5);
    this.#devices = Array.from({ length: count }, (_, at) => {
      // The first two are the same person on two machines.
      const user = users[Math.max(0, at - 1) % users.length]?.id ?? 'ann';
      return new Device(world, this.#server, `dev${at + 1}`, user);
    });
    this.#people = new People(world, this.#model, this.#server);
    this.#administration = new Administration(world, this.#server, this.#model, this.#devices);
  }

  async begin(): Promise<void> {
    for (let left = 6; left > 0; left--) await finish(this.#server.intake.write(this.#server.process));
    for (const device of this.#devices.slice(0, MOST_OPEN)) await this.#open(device);
  }

  async step(number: number): Promise<void> {
    const { log } = this.#world;
    const what = random.weighted([
      [40, 'person'],
      [10, 'intake'],
      [6, 'sequence'],
      [3, 'build'],
      [5, 'link'],
      [3, 'reload'],
      [2, 'kill'],
      [1, 'serverCrash'],
      [1, 'serverAway'],
      [1, 'clock'],
      [1, 'prune'],
      [2, 'administration'],
      [2, 'signIn'],
      [3, 'storm'],
      [20, 'wait'],
    ] as const);
    log.step(number, what);
    await this.#act(what);
    const ms = random.weighted([
      [6, random.int(0, 100)],
      [3, random.int(100, 2_000)],
      [1, random.int(2_000, 30_000)],
    ] as const);
    await clock.advance(ms);
  }

  async #act(what: string): Promise<void> {
    const { log } = this.#world;
    const server = this.#server;
    const open = this.#devices.filter(({ isOpen }) => isOpen);
    const device = open.length > 0 ? random.pick(open) : null;
    if (what === 'person' && device) this.#later(this.#people.act(device).then((words) => log.add(words)));
    else if (what === 'intake') this.#later(server.intake.write(server.process));
    else if (what === 'sequence') this.#later(numberDirty(server.core, server.process));
    else if (what === 'build') this.#later(buildGeneration(server.core, server.process));
    else if (what === 'link' && device) this.#changeLink(device);
    else if (what === 'reload') await this.#reload();
    else if (what === 'kill' && device) device.kill(random.chance(0.5) ? random.int(1, 25) : 0);
    else if (what === 'serverCrash') server.crash();
    else if (what === 'serverAway') this.#later(this.#takeServerAway());
    else if (what === 'administration') this.#later(this.#administration.act().then((words) => log.add(words)));
    else if (what === 'signIn') for (const one of open) this.#later(this.#signIn(one));
    else if (what === 'storm') this.#storm(open);
    else if (what === 'clock' && device) device.skew = random.int(-3, 3) * random.int(0, 86_400_000);
    else if (what === 'prune') server.pruneGenerations();
    await settle();
  }

  /** Something that goes on while the next steps are taken. */
  #later(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (isOfTheDead(error)) return;
      this.#world.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  }

  async #takeServerAway(): Promise<void> {
    this.#server.up = false;
    for (const { network } of this.#devices) network.cut();
    await clock.sleep(random.int(1_000, 30_000));
    this.#server.up = true;
  }

  /** Everybody at once: transactions overlap. */
  #storm(open: readonly Device[]): void {
    const { log } = this.#world;
    const server = this.#server;
    for (const device of open) this.#later(this.#people.act(device).then((words) => log.add(words)));
    for (let left = 3; left > 0; left--) {
      this.#later(server.intake.write(server.process));
      this.#later(numberDirty(server.core, server.process));
    }
    this.#later(buildGeneration(server.core, server.process));
  }

  #changeLink({ name, network }: Device): void {
    const { log } = this.#world;
    const { link } = network;
    const bad = random.chance(0.5);
    Object.assign(link, goodLink(), {
      online: random.chance(0.65),
      loss: bad ? random.next() * 0.4 : 0.01,
      doubled: bad ? random.next() * 0.3 : 0.01,
      badGateway: bad ? random.next() * 0.1 : 0,
      latency: random.pick([20, 80, 400]),
    });
    if (!link.online) network.cut();
    log.add(`${name} link ${JSON.stringify(link)}`);
  }

  /** A device is closed and opened again, or another one takes its turn. */
  async #reload(): Promise<void> {
    const open = this.#devices.filter(({ isOpen }) => isOpen);
    if (open.length > 0 && random.chance(0.7)) await finish(random.pick(open).close());
    const closed = this.#devices.filter(({ isOpen }) => !isOpen);
    if (closed.length > 0 && this.#devices.length - closed.length < MOST_OPEN) await this.#open(random.pick(closed));
  }

  async #open(device: Device): Promise<void> {
    device.open();
    if (this.#server.currentUser(device.name) === null) this.#later(this.#signIn(device));
    await settle();
  }

  /** A person whose session has ended signs in again, until it works. */
  async #signIn(device: Device): Promise<void> {
    if (device.signingIn) return;
    device.signingIn = true;
    while (device.isOpen && this.#server.currentUser(device.name) === null) {
      // A program that dies meanwhile never answers.
      await Promise.race([device.signIn().catch(() => undefined), clock.sleep(30_000)]);
      await clock.sleep(500);
    }
    device.signingIn = false;
  }

  /** Links are good, nobody does anything any more: everything must come together. */
  async heal(): Promise<void> {
    const { log, problems } = this.#world;
    log.step(0, 'heal');
    const server = this.#server;
    server.up = true;
    for (const device of this.#devices) {
      // An app that is too old has to be replaced; everybody else goes on as they are.
      if (device.protocol < server.oldestClient) {
        await finish(device.close());
        device.protocol = server.oldestClient;
      }
      Object.assign(device.network.link, goodLink());
      device.damage = 0;
      device.kill(null);
    }
    for (const device of this.#devices) if (!device.isOpen && this.#openCount() < MOST_OPEN) await this.#open(device);
    for (const device of this.#devices.filter(({ isOpen }) => isOpen)) this.#later(this.#signIn(device));
    await clock.advance(40_000);
    await this.#lastStorm();
    for (let left = 50; left > 0 && server.state.dirty.length > 0; left--) {
      await finish(numberDirty(server.core, server.process));
    }
    // Twice: what the last one brings has to reach the first one too.
    for (const round of [1, 2]) {
      const kept: string[] = [];
      for (const group of groupsOf(this.#devices, MOST_OPEN)) {
        for (const device of this.#devices) if (!group.includes(device)) await finish(device.close());
        for (const device of group) await this.#open(device);
        const apart = await this.#untilInStep(group);
        if (apart.length > 0) problems.push(...apart);
        for (const device of group) kept.push(await finish(keptTexts(device)));
      }
      if (problems.length > 0) return;
      // No push is stuck, whatever was refused. What waits on a device until its person may edit has to come out, too.
      if (round === 1) await this.#giveRightsBack();
      else {
        problems.push(...lostValues(this.#model, server, kept), ...changedByOlder(this.#administration.newer, server));
      }
    }
    for (const device of this.#devices) await finish(device.close());
    // What RxDB has put off is done before the clock forgets it.
    await clock.advance(60_000);
  }

  async #giveRightsBack(): Promise<void> {
    for (const { id } of this.#server.users) {
      if (this.#server.state.roles.get(id) === 'auditor') this.#server.setRole(id, 'marketer');
    }
    await clock.advance(10_000);
  }

  #openCount(): number {
    return this.#devices.filter(({ isOpen }) => isOpen).length;
  }

  /** Once more everybody at once, over good links: what is passed over now is not mended by a later change. */
  async #lastStorm(): Promise<void> {
    for (let left = 10; left > 0; left--) {
      this.#storm(this.#devices.filter(({ isOpen }) => isOpen));
      // Somebody loses the right to edit in the middle of it: what they enter is refused, document by document.
      if (left === 6) this.#server.setRole('bob', 'auditor');
      await clock.advance(random.int(20, 400));
    }
    await clock.advance(5_000);
  }

  async #apart(device: Device): Promise<string[]> {
    try {
      const found = await finish(differences(device, this.#server));
      return found.length > 0 ? found : await finish(leftovers(device, this.#server));
    } catch (error) {
      // Signed out in between: looked at again.
      if (error instanceof DataFailure) return [`${device.name}: ${error.message}`];
      throw error;
    }
  }

  async #untilInStep(group: readonly Device[]): Promise<string[]> {
    const server = this.#server;
    const until = clock.now + HEALED_WITHIN_MS;
    for (let wait = 1_000; ; wait = Math.min(wait * 2, 60_000)) {
      await clock.advance(wait);
      const apart: string[] = [];
      for (const device of group) this.#later(this.#signIn(device));
      // Nothing else is built: a new generation would mend what the tail left out.
      if (server.state.withdrawn.size > 0) await finish(buildGeneration(server.core, server.process));
      for (const device of group) apart.push(...(await this.#apart(device)));
      if (apart.length === 0 || clock.now > until) return apart;
    }
  }
}

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}
