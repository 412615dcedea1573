import type { Deps } from '#server/service.ts';
import { writeRunDocument } from './run-document.ts';

const EVERY_MS = 1_000;

/** Keeps run documents in step with the tables while mails leave: at most once a second each, less often when counting is slow. */
export class Progress {
  readonly #deps: Deps;
  readonly #touched = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  touch(campaignId: string): void {
    this.#touched.add(campaignId);
    if (this.#timer || this.#stopped) return;
    this.#schedule(EVERY_MS);
  }

  #schedule(delay: number): void {
    this.#timer = setTimeout(() => {
      this.#writing = this.#write();
    }, delay);
  }

  async #write(): Promise<void> {
    const started = performance.now();
    const campaigns = [...this.#touched];
    this.#touched.clear();
    for (const campaignId of campaigns) {
      try {
        await this.#deps.db.tx((tx) => writeRunDocument(tx, campaignId));
        this.#deps.wake.notify('feed');
        this.#deps.wake.notify('dirty');
      } catch (error) {
        this.#touched.add(campaignId);
        this.#deps.log.error(
          { err: error, campaignId },
          'The progress of a campaign could not be written; trying again',
        );
      }
    }
    this.#timer = null;
    if (this.#touched.size > 0 && !this.#stopped)
      this.#schedule(Math.max(EVERY_MS, 20 * (performance.now() - started)));
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }
}
