/** A device that is a real browser with a profile folder of its own: it can be killed, and what it stored stays. */
import { readdir, readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { DataFailure } from '#renderer/data/sync/data-failure.ts';
import { killTree } from '#tests/kill/process-tree.ts';
import { launchProfile } from '#tests/support/chromium.ts';
import { dataReady } from '#tests/support/data-ready.ts';
import type { Actor } from '../scenario/actor.ts';
import type { World } from '../world/world.ts';

type Person = { userId: string; email: string; password: string };
type Outcome = { ok: true; value: unknown } | { ok: false; data: DataFailure['data'] | null; message: string };

/** The browser died under a question. */
export class PageGone extends Error {}

export class PageDevice implements Actor {
  readonly name: string;
  readonly userId: string;
  readonly api: Actor['api'];
  readonly disk = { deviceIds: () => [] };
  readonly #person: Person;
  readonly #folder: string;
  readonly #url: string;
  readonly #world: World;
  #context: BrowserContext | null = null;
  #page: Page | null = null;

  constructor(world: World, options: { name: string; person: Person; folder: string; url: string }) {
    this.name = options.name;
    this.userId = options.person.userId;
    this.#person = options.person;
    this.#folder = options.folder;
    this.#url = options.url;
    this.#world = world;
    const ask = (name: string, args: unknown[]) => this.#ask(name, args);
    const answering = new Proxy(
      {},
      {
        get:
          (_, name) =>
          (...args: unknown[]) =>
            ask(String(name), args),
      },
    );
    this.api = answering as Actor['api'];
  }

  now(): number {
    return Date.now();
  }

  get isOpen(): boolean {
    return this.#page !== null;
  }

  /** Starts the browser with what the last one left; works without the server once the app was loaded. */
  async open(): Promise<void> {
    if (this.#page) return;
    const context = await launchProfile(this.#folder);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#world.problems.push(`${this.name}: ${error.message}`));
    await page.goto(this.#url);
    await dataReady(page);
    this.#context = context;
    this.#page = page;
  }

  /** kill -9 of the whole browser, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const context = this.#context;
    this.#page = null;
    this.#context = null;
    if (!context) return;
    this.#world.counts.crashes++;
    this.#world.log.add(`${this.name} is killed`);
    const gone = new Promise<void>((resolve) => context.once('close', () => resolve()));
    for (const pid of await pidsOf(this.#folder)) await killTree(pid);
    await gone;
  }

  async reload(): Promise<void> {
    await this.#page?.reload();
    if (this.#page) await dataReady(this.#page);
  }

  /** The page goes, the browser stays. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
    this.#page = null;
  }

  async setOnline(online: boolean): Promise<void> {
    if (!online) this.#world.counts.drops++;
    await this.#context?.setOffline(!online);
  }

  /** Signs in when the app asks for it; answers whether somebody is signed in. */
  async signIn(): Promise<boolean> {
    const { state } = await this.api.session();
    // A browser that was killed may have lost the cookie it was given last: the person signs in again.
    if (state === 'signedIn' && !(await this.api.status()).signInNeeded) return true;
    const { email, password } = this.#person;
    return this.#evaluate(
      `window.data.actions.signIn(${JSON.stringify({ email, password })}).then(() => true, () => false)`,
    );
  }

  async #ask(name: string, args: unknown[]): Promise<unknown> {
    const outcome: Outcome = await this.#evaluate(
      `window.data[${JSON.stringify(name)}](...${JSON.stringify(args)}).then(
         (value) => ({ ok: true, value }),
         (error) => ({ ok: false, data: error.data ?? null, message: String(error) }))`,
    );
    if (outcome.ok) return outcome.value;
    if (outcome.data) throw new DataFailure(outcome.data);
    throw new Error(`${this.name} ${name}: ${outcome.message}`);
  }

  async #evaluate<T>(text: string): Promise<T> {
    const page = this.#page;
    if (!page) throw new PageGone(`${this.name} is closed.`);
    try {
      return await page.evaluate(text);
    } catch (cause) {
      if (this.#page === page && !page.isClosed()) throw cause;
      throw new PageGone(`${this.name} is gone.`, { cause });
    }
  }
}

/** Processes of the browser that works on this profile. */
async function pidsOf(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(`--user-data-dir=${folder}`) && !command.includes('--type=')) found.push(Number(name));
  }
  return found;
}
