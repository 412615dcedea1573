import type { Logger } from 'pino';
import type { Config } from '#server/config/config.ts';
import type { Database } from '#server/storage/database.ts';
import type { Wake } from '#server/storage/wake.ts';

/** A long-lived part of the server. Stopped in the reverse order of starting. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  /** Finishes what is open, then answers. Called once. */
  stop(): Promise<void>;
}

/** What every part of the server may use. Time is a parameter, so that tests can move it. */
export type Deps = {
  config: Config;
  db: Database;
  log: Logger;
  /** Epoch ms. */
  now: () => number;
  wake: Wake;
};
