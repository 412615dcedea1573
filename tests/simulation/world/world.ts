import type { Clock } from './clock.ts';
import type { EventLog } from './log.ts';
import type { Random } from './random.ts';

/** Counted over a run. */
export type Counts = { conflicts: number; merges: number; drops: number; crashes: number };

/** What everything in a run shares. */
export type World = {
  clock: Pick<Clock, 'now' | 'set' | 'sleep'>;
  random: Random;
  log: EventLog;
  /** Each must be above 0 for a set of runs to have proved anything. */
  counts: Counts;
  /** Errors nobody expected, from any device. */
  problems: string[];
};
