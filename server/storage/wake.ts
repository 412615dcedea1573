/**
 * Wake-up hints between parts and processes, over LISTEN/NOTIFY. A hint may be lost: every listener also looks by itself
 * now and then; the tables are the truth.
 */
export const wakeTopics = ['intake', 'dirty', 'feed', 'outbox', 'generation'] as const;
export type WakeTopic = (typeof wakeTopics)[number];

export interface Wake {
  /** Calls back on each hint; answers a function that ends it. */
  on(topic: WakeTopic, listener: () => void): () => void;
  /** Sends a hint to every process, this one included. Never throws. */
  notify(topic: WakeTopic): void;
}
