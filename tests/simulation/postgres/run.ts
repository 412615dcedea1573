/**
 * One seed of the second tier: the app's data worker on simulated devices against processes of the real server over a real
 * PostgreSQL. The seed gives the same script, with the overlaps that its gates enforce; what is between two gates takes
 * real time and is PostgreSQL's own, so that two runs of a seed are alike but not the same event by event.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import { buildGeneration } from '#server/sync/chunk-builder.ts';
import { numberDirty } from '#server/sync/sequencer.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { Device } from '../device/device.ts';
import type { User } from '../device/device-server.ts';
import { Died } from '../device/disk.ts';
import { goodLink } from '../device/network.ts';
import { Model } from '../scenario/model.ts';
import { differences, keptTexts, leftovers, lostValues } from '../scenario/oracle.ts';
import { People } from '../scenario/people.ts';
import { EventLog } from '../world/log.ts';
import { Random } from '../world/random.ts';
import type { Counts, World } from '../world/world.ts';
import type { Result, Settings } from './command.ts';
import { Databases } from './databases.ts';
import { hurriedClock, pause, within } from './hurry.ts';
import { PgServer } from './pg-server.ts';
import { type Stage, scenes } from './scenes.ts';
import { Shop } from './shop.ts';
import { columnDifferences, numberingFaults } from './tables.ts';

const HEALED_WITHIN_MS = 30_000;
const STORED_WITHIN_MS = 15_000;
/** A person who is signed out notices this often. */
const LOOKS_EVERY_MS = 200;

/** What a killed program's promises end with concerns nobody. */
export function isOfTheDead(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Died) return true;
  return error instanceof Error && error.message.includes('The program is dead.');
}

export async function runSeed({ seed, steps, template, echo, sabotage }: Settings): Promise<Result> {
  const started = Date.now();
  const log = new EventLog(() => Date.now() - started, echo);
  const counts: Counts = { conflicts: 0, merges: 0, drops: 0, crashes: 0 };
  // What the network draws depends on time; the script has a source of its own.
  const world: World = { clock: hurriedClock, random: new Random(seed + 1_000_000), log, counts, problems: [] };
  const folder = mkdtempSync(join(tmpdir(), 'muster-simulation-'));
  const databases = new Databases(template);
  const run = new Run(world, databases, folder, { seed, sabotage });
  let step = 0;
  try {
    await run.begin();
    for (step = 1; step <= steps && world.problems.length === 0; step++) await run.step(step);
    if (world.problems.length === 0) await run.heal();
  } catch (error) {
    world.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await run.end();
  await databases.drop();
  rmSync(folder, { recursive: true, force: true });
  return { steps: step - 1, counts, failures: world.problems, tail: log.tail() };
}

class Run {
  readonly #world: World;
  readonly #server: PgServer;
  readonly #devices: readonly Device[];
  readonly #model = new Model();
  readonly #shop: Shop;
  readonly #seed: number;
  readonly #sabotage: boolean;
  #over = false;
  #people: Promise<void> = Promise.resolve();

  constructor(
    world: World,
    databases: Databases,
    folder: string,
    { seed, sabotage }: Pick<Settings, 'seed' | 'sabotage'>,
  ) {
    this.#world = world;
    this.#seed = seed;
    this.#sabotage = sabotage;
    const users: User[] = ['ann', 'bob', 'cleo'].map((id) => ({ id, email: `${id}@example.com`, name: id }));
    this.#server = new PgServer(world, { databases, folder, users, sabotage });
    // The first two are the same person on two machines.
    this.#devices = Array.from(
      { length: 2 + (seed % 3) },
      (_, at) => new Device(world, this.#server, `dev${at + 1}`, users[Math.max(0, at - 1)]?.id ?? 'ann'),
    );
    this.#shop = new Shop(this.#server);
  }

  async begin(): Promise<void> {
    await this.#server.begin();
    const stage = this.#stage(0);
    const contacts = Array.from({ length: 8 }, () => this.#shop.newContact(stage.random));
    await this.#shop.write(this.#server.process('one'), contacts);
    await numberDirty(this.#server.process('one').deps.db);
    await buildGeneration(this.#server.process('one').deps);
    for (const device of this.#devices) device.open();
    this.#people = this.#signInAgainAndAgain();
    await this.#until(async () => {
      const known = await Promise.all(this.#devices.map(({ api }) => api.session()));
      return known.every(({ state }) => state === 'signedIn');
    });
  }

  async step(number: number): Promise<void> {
    const stage = this.#stage(number);
    const { random, server, devices } = stage;
    const { log } = this.#world;
    const what = random.weighted([
      [5, 'people'],
      [2, 'shop'],
      [7, 'scene'],
      [2, 'link'],
      [1, 'reload'],
      [1, 'kill'],
    ] as const);
    log.step(number, what);
    for (const device of devices) device.open();
    const device = random.pick(devices);
    if (what === 'people') await Promise.all(devices.map((one) => stage.act(one)));
    else if (what === 'shop')
      await this.#shop.write(server.process('two'), await this.#shop.something(random), random.chance(0.2));
    else if (what === 'link') this.#changeLink(device, random);
    else if (what === 'reload') await within(STORED_WITHIN_MS, device.close());
    else if (what === 'kill') {
      device.kill(random.int(0, 12));
      await stage.act(device);
    } else {
      const [name, { play }] = random.weighted(
        Object.entries(scenes).map((entry) => [entry[1].weight, entry] as const),
      );
      log.add(`scene ${name}`);
      await play(stage);
    }
    await pause(random.int(0, 60));
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#people;
    for (const device of this.#devices) await within(STORED_WITHIN_MS, device.close());
    await this.#server.end();
  }

  /** What a step works with; each has chance of its own, so that one step's length does not change the next. */
  #stage(step: number): Stage {
    const random = new Random(this.#seed * 10_007 + step);
    const { log } = this.#world;
    const people = new People({ ...this.#world, random }, this.#model, this.#server);
    const settle = async (work: Promise<unknown>): Promise<void> => {
      const words = await within(
        STORED_WITHIN_MS,
        work.catch((error: unknown) => {
          if (!isOfTheDead(error) && !(error instanceof UserError || error instanceof DataFailure)) throw error;
          return error instanceof Error ? error.message : '';
        }),
      );
      if (typeof words === 'string') log.add(words);
    };
    return {
      world: this.#world,
      random,
      server: this.#server,
      shop: this.#shop,
      model: this.#model,
      devices: this.#devices,
      act: (device) => (device.isOpen ? settle(people.act(device)) : Promise.resolve()),
      editContact: (device, id, field, value) => settle(people.enter(device, id, field, value)),
    };
  }

  #changeLink({ name, network }: Device, random: Random): void {
    const { link } = network;
    const bad = random.chance(0.6);
    Object.assign(link, goodLink(), {
      online: random.chance(0.7),
      loss: bad ? random.next() * 0.4 : 0.01,
      doubled: bad ? random.next() * 0.3 : 0.01,
      badGateway: bad ? random.next() * 0.1 : 0,
    });
    if (!link.online) network.cut();
    this.#world.log.add(`${name} link ${JSON.stringify(link)}`);
  }

  /** Whoever is signed out (a restore ends every session) signs in again. */
  async #signInAgainAndAgain(): Promise<void> {
    while (!this.#over) {
      for (const device of this.#devices) {
        if (!device.isOpen || !this.#server.up || !device.network.link.online) continue;
        const user = await this.#server.currentUser(device.name).catch(() => 'unknown');
        if (user === null)
          await within(
            2_000,
            device.signIn().catch(() => undefined),
          );
      }
      await pause(LOOKS_EVERY_MS);
    }
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const until = Date.now() + HEALED_WITHIN_MS;
    while (!(await holds())) {
      if (Date.now() > until) throw new Error('Something never came to an end.');
      await pause(50);
    }
  }

  /** Links are good, nobody does anything any more: everything must come together. */
  async heal(): Promise<void> {
    const { log, problems } = this.#world;
    log.step(0, 'heal');
    const server = this.#server;
    for (const device of this.#devices) {
      Object.assign(device.network.link, goodLink());
      device.kill(null);
      device.open();
    }
    await this.#shop.rememberAll();
    // What a known mistake has broken never heals.
    const until = Date.now() + (this.#sabotage ? HEALED_WITHIN_MS / 4 : HEALED_WITHIN_MS);
    for (let apart = ['not looked yet']; apart.length > 0; ) {
      await pause(250);
      for (let left = 50; left > 0 && (await numberDirty(server.process('one').deps.db)) > 0; left--);
      await buildGeneration(server.process('two').deps);
      await server.refresh();
      apart = [];
      for (const device of this.#devices) apart.push(...(await differences(device, server)));
      if (apart.length > 0 && Date.now() > until) {
        return void problems.push(...apart, ...(await columnDifferences(server.db)));
      }
    }
    const kept: string[] = [];
    for (const device of this.#devices) {
      problems.push(...(await leftovers(device, server)));
      kept.push(await keptTexts(device));
    }
    problems.push(...lostValues(this.#model, server, kept));
    problems.push(...(await columnDifferences(server.db)), ...(await numberingFaults(server.db)));
  }
}
