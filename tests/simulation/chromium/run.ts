/**
 * One seed in real browsers: two of them, the real server as a process, a real PostgreSQL. Browsers and server die by
 * kill -9 in the middle of edits; afterwards both browsers must show what the tables say, and nothing entered is lost. The
 * seed gives the same script; what happens within a step takes real time.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import { createMembers } from '#server/accounts/members.ts';
import { applyRows } from '#server/intake/apply-rows.ts';
import { type Database, openDatabase } from '#server/storage/database.ts';
import { caller } from '#tests/support/caller.ts';
import { buildDataPage } from '#tests/support/data-page.ts';
import { ADMIN } from '#tests/support/server.ts';
import { createTestDeps } from '#tests/support/test-deps.ts';
import type { Result, Settings } from '../postgres/command.ts';
import { Databases } from '../postgres/databases.ts';
import { columnDifferences, numberingFaults, readTables, readTaken, recordTaken } from '../postgres/tables.ts';
import { Model } from '../scenario/model.ts';
import { differences, keptTexts, lostValues } from '../scenario/oracle.ts';
import { People } from '../scenario/people.ts';
import type { Truth } from '../scenario/truth.ts';
import { EventLog } from '../world/log.ts';
import { Random } from '../world/random.ts';
import type { Counts, World } from '../world/world.ts';
import { KillableServer } from './killable-server.ts';
import { PageDevice, PageGone } from './page-device.ts';

const HEALED_WITHIN_MS = 60_000;
const MEMBER = { email: 'member@shop.example.org', password: 'a long enough password' };

export async function runChromiumSeed({ seed, steps, template, echo }: Settings): Promise<Result> {
  const started = Date.now();
  const log = new EventLog(() => Date.now() - started, echo);
  const counts: Counts = { conflicts: 0, merges: 0, drops: 0, crashes: 0 };
  const clock: World['clock'] = {
    get now() {
      return Date.now();
    },
    sleep: (ms) => sleep(ms),
    set: () => {
      throw new Error('Time is real here.');
    },
  };
  const world: World = { clock, random: new Random(seed), log, counts, problems: [] };
  const folder = mkdtempSync(join(tmpdir(), 'muster-simulation-'));
  const databases = new Databases(template);
  const run = new Run(world, databases, folder, seed);
  let step = 0;
  try {
    await run.begin();
    for (step = 1; step <= steps && world.problems.length === 0; step++) await run.step(step);
    await run.heal();
  } catch (error) {
    world.problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await run.end();
  await databases.drop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { steps: step - 1, counts, failures: world.problems, tail: log.tail() };
}

class Run {
  readonly #world: World;
  readonly #databases: Databases;
  readonly #folder: string;
  readonly #seed: number;
  readonly #model = new Model();
  readonly #devices: PageDevice[] = [];
  #truth: Truth = {
    state: { documents: new Map(), contacts: new Map(), orders: new Map(), events: new Map(), roles: new Map() },
    taken: [],
    devices: new Map(),
    intake: { personal: new Map(), remember: () => undefined },
  };
  #db: Database | null = null;
  #server: KillableServer | null = null;
  #contacts = 0;

  constructor(world: World, databases: Databases, folder: string, seed: number) {
    this.#world = world;
    this.#databases = databases;
    this.#folder = folder;
    this.#seed = seed;
  }

  get #open(): { db: Database; server: KillableServer } {
    if (!this.#db || !this.#server) throw new Error('Nothing was begun.');
    return { db: this.#db, server: this.#server };
  }

  async begin(): Promise<void> {
    const databaseUrl = await this.#databases.create('migrated');
    const db = openDatabase(databaseUrl, { max: 4, onError: () => undefined });
    this.#db = db;
    await recordTaken(db);
    const appFolder = join(this.#folder, 'page');
    await buildDataPage(appFolder);
    const dataDir = join(this.#folder, 'server');
    mkdirSync(dataDir);
    const server = await KillableServer.start({ dataDir, databaseUrl, appFolder });
    this.#server = server;
    const member = await createMembers(createTestDeps(db)).add(caller, { ...MEMBER, name: 'Member', role: 'marketer' });
    const [admin] = await db.query<{ id: string }>('select "id" from "user" where "email" = $1', [ADMIN.email]);
    const persons = [
      { userId: admin?.id ?? '', ...ADMIN },
      { userId: member.userId, ...MEMBER },
    ];
    // Every third seed is one person on two machines.
    if (this.#seed % 3 === 0) persons.reverse().splice(1, 1, ...persons.slice(0, 1));
    await this.#write(12);
    for (const [at, person] of persons.entries()) {
      const name = `page${at + 1}`;
      const device = new PageDevice(this.#world, { name, person, folder: join(this.#folder, name), url: server.url });
      this.#devices.push(device);
      await device.open();
      await this.#until(() => device.signIn());
      await this.#until(async () => (await device.api.status()).syncedAt !== null);
    }
  }

  async step(number: number): Promise<void> {
    const random = new Random(this.#seed * 10_007 + number);
    const { log, counts } = this.#world;
    const { server } = this.#open;
    const device = random.pick(this.#devices);
    const what = random.weighted([
      [6, 'people'],
      [2, 'shop'],
      [2, 'killPage'],
      [2, 'killServer'],
      [1, 'reload'],
      [2, 'offline'],
    ] as const);
    log.step(number, `${what} ${device.name}`);
    if (what === 'shop') return this.#write(random.int(1, 3));
    const acts = () => Promise.all(this.#devices.map((one) => this.#act(one, random)));
    if (what === 'people') await acts();
    else if (what === 'killPage') {
      const going = acts();
      await sleep(random.int(0, 60));
      await device.kill();
      await going;
      await device.open();
    } else if (what === 'killServer') {
      const going = acts();
      await sleep(random.int(0, 60));
      await server.kill();
      counts.crashes++;
      await going;
      await acts();
      await server.start();
    } else if (what === 'reload') {
      await this.#act(device, random);
      await device.reload();
    } else {
      await device.setOnline(false);
      for (let left = 2; left > 0; left--) await acts();
      await device.setOnline(true);
    }
  }

  async end(): Promise<void> {
    for (const device of this.#devices) await device.close();
    await this.#server?.kill();
    await this.#db?.close();
  }

  /** What a shop sends. */
  async #write(count: number): Promise<void> {
    const { db } = this.#open;
    const rows = Array.from({ length: count }, () => {
      const no = ++this.#contacts;
      const values = { email: `person${no}@example.com`, firstName: `First${no}`, town: `Town${no}` };
      return { kind: 'contact' as const, body: { values, source: 'API' } };
    });
    await db.tx((tx) => applyRows(tx, rows, Date.now()));
  }

  async #act(device: PageDevice, random: Random): Promise<void> {
    // What a killed browser was asked for may have happened or not: the model holds it for uncertain.
    const people = new People({ ...this.#world, random }, this.#model, this.#truth);
    try {
      this.#world.log.add(await people.act(device));
    } catch (error) {
      if (!(error instanceof PageGone || error instanceof DataFailure)) throw error;
    }
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const until = Date.now() + HEALED_WITHIN_MS;
    while (!(await holds())) {
      if (Date.now() > until) throw new Error('Something never came to an end.');
      await sleep(100);
    }
  }

  /** The server is there, the browsers are open, nobody does anything any more. */
  async heal(): Promise<void> {
    const { log, problems, counts } = this.#world;
    const { db, server } = this.#open;
    log.step(0, 'heal');
    await server.start();
    for (const device of this.#devices) {
      await device.open();
      await device.setOnline(true);
    }
    const until = Date.now() + HEALED_WITHIN_MS;
    for (let apart = ['not looked yet']; apart.length > 0; await sleep(300)) {
      this.#truth = { ...this.#truth, state: await readTables(db), taken: await readTaken(db) };
      apart = [];
      for (const device of this.#devices) {
        await device.signIn();
        apart.push(...(await differences(device, this.#truth)));
      }
      const waiting = await db.query('select 1 from dirty limit 1');
      if (waiting.length > 0) apart.push('changes wait for a number');
      if (apart.length > 0 && Date.now() > until) return void problems.push(...apart);
    }
    const kept: string[] = [];
    for (const device of this.#devices) kept.push(await keptTexts(device));
    problems.push(...lostValues(this.#model, this.#truth, kept));
    problems.push(...(await columnDifferences(db)), ...(await numberingFaults(db)));
    // A review is what a merge of two sides wrote where one had to give way.
    const reviews = [...this.#truth.state.documents.values()].filter(({ kind }) => kind === 'review');
    counts.conflicts += reviews.length;
  }
}
