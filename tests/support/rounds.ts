/**
 * How often a test repeats what it proves: a few times in `npm test`, the whole number in `npm test -- --full`, which is
 * what the figures of the documentation come from.
 */
export const rounds = (few: number, whole: number): number => (process.env.MUSTER_TEST_FULL ? whole : few);
