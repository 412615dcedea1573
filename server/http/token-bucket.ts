/** Beyond this many callers the least recently seen are forgotten (and start full again): memory stays bounded. */
const MAX_CALLERS = 10_000;

/** Lets each caller through `rate` times a second, and `burst` times at once. */
export function createTokenBuckets(options: { rate: number; burst: number; now: () => number }) {
  const { rate, burst, now } = options;
  const callers = new Map<string, { tokens: number; at: number }>();
  return {
    /** Null: go on. Otherwise in how many seconds the next try will be let through. */
    take(caller: string): number | null {
      const at = now();
      const found = callers.get(caller);
      const tokens = found ? Math.min(burst, found.tokens + (Math.max(0, at - found.at) * rate) / 1000) : burst;
      callers.delete(caller);
      callers.set(caller, { tokens: tokens < 1 ? tokens : tokens - 1, at });
      if (callers.size > MAX_CALLERS) for (const oldest of callers.keys()) if (callers.delete(oldest)) break;
      return tokens >= 1 ? null : Math.max(1, Math.ceil((1 - tokens) / rate));
    },
  };
}
