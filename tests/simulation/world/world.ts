import type { Clock } from './clock.ts';
import type { EventLog } from './log.ts';
import type { Random } from './random.ts';

/** Counted over a run; each must be above 0 for the run to have proved anything. */
export type Counts = { conflicts: number; merges: number; drops: number; crashes: number };

/** What everything in a run shares. */
export type World = {
  clock: Pick<Clock, 'now' | 'set' | 'sleep'>;
  random: Random;
  log: EventLog;
  counts: Counts;
  /** Errors nobody expected, from any device. */
  problems: string[];
};
