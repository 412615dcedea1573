/** The way between a device and its server: slow, lossy, reordering, doubling, and at times not there at all. */
import type { World } from '../world/world.ts';

/** Nobody answered, or something else did instead of the server. */
export class NetworkError extends Error {}

/** What a device's link is like right now; the scenario changes it. */
export type Link = {
  online: boolean;
  /** Chance that a request, or its answer, is lost. */
  loss: number;
  /** Chance that a request reaches the server twice. */
  doubled: number;
  /** Chance that a proxy answers instead of the server. */
  badGateway: number;
  /** Longest usual way, one direction, ms. */
  latency: number;
};
export const goodLink = (): Link => ({ online: true, loss: 0, doubled: 0, badGateway: 0, latency: 40 });

const STALL_MS = 20_000;

export class Network {
  readonly link: Link = goodLink();
  readonly #world: World;
  readonly #serverUp: () => boolean;
  readonly #cuts = new Set<() => void>();

  constructor(world: World, serverUp: () => boolean) {
    this.#world = world;
    this.#serverUp = serverUp;
  }

  /** Everything under way breaks. */
  cut(): void {
    for (const cut of [...this.#cuts]) cut();
  }

  /** Calls back once when the link is cut. */
  onCut(call: () => void): () => void {
    this.#cuts.add(call);
    return () => this.#cuts.delete(call);
  }

  async way(): Promise<void> {
    const { random, clock } = this.#world;
    await clock.sleep(
      random.chance(0.05) ? random.int(this.link.latency, this.link.latency * 20) : random.int(1, this.link.latency),
    );
  }

  /** One request and its answer. `serve` runs on the server, perhaps twice, perhaps for nobody. */
  async exchange<T>(what: string, serve: () => Promise<T>): Promise<T> {
    const { random, log, counts, clock } = this.#world;
    const lose = async (where: string): Promise<never> => {
      counts.drops++;
      log.add(`lost ${where} ${what}`);
      // Some losses are noticed at once, some only when patience ends.
      await clock.sleep(random.chance(0.2) ? STALL_MS : random.int(1, 800));
      throw new NetworkError(where);
    };
    log.add(`ask ${what}`);
    await this.way();
    if (!this.#open()) return lose('away');
    if (random.chance(this.link.badGateway)) return lose('gateway');
    if (random.chance(this.link.loss)) return lose('request');
    if (random.chance(this.link.doubled)) {
      log.add(`doubled ${what}`);
      clock.set(
        () => {
          if (this.#serverUp()) serve().catch(() => undefined);
        },
        random.int(1, 3_000),
      );
    }
    const answer = await serve().catch((error: unknown) => {
      // A server that died says nothing.
      log.add(`broken ${what}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    });
    await this.way();
    if (!this.#open()) return lose('away');
    if (random.chance(this.link.loss)) return lose('answer');
    return answer;
  }

  #open(): boolean {
    return this.link.online && this.#serverUp();
  }
}
