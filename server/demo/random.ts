/** A small seeded generator (mulberry32): the demo shop is the same every time. */
export type Random = {
  /** [0, 1) */
  next: () => number;
  /** Integer in [from, to]. */
  int: (from: number, to: number) => number;
  pick: <T>(from: readonly T[]) => T;
  /** Index of one of the weights, with a chance in proportion to it. */
  weighted: (weights: readonly number[]) => number;
  chance: (probability: number) => boolean;
};

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    pick(from) {
      const found = from[int(0, from.length - 1)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    weighted(weights) {
      let rest = next() * weights.reduce((sum, weight) => sum + weight, 0);
      for (const [at, weight] of weights.entries()) {
        rest -= weight;
        if (rest < 0) return at;
      }
      return weights.length - 1;
    },
    chance: (probability) => next() < probability,
  };
}
