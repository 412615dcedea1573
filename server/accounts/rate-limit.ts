type Rule = { window: number; max: number };

/** Beyond this many callers in one window the oldest are forgotten: memory stays bounded whatever is thrown at us. */
const MAX_ENTRIES = 50_000;

/** Counts requests per key in rolling windows. One per server: better-auth's own memory is shared by the whole process. */
export function createRateLimit(now: () => number) {
  const entries = new Map<string, { count: number; until: number }>();
  return {
    async consume(key: string, { window, max }: Rule): Promise<{ allowed: boolean; retryAfter: number | null }> {
      const at = now();
      const found = entries.get(key);
      if (!found || found.until <= at) {
        entries.delete(key);
        entries.set(key, { count: 1, until: at + window * 1000 });
        for (const [old, entry] of entries) {
          if (entry.until > at && entries.size <= MAX_ENTRIES) break;
          entries.delete(old);
        }
        return { allowed: true, retryAfter: null };
      }
      if (found.count >= max) return { allowed: false, retryAfter: Math.ceil((found.until - at) / 1000) };
      found.count += 1;
      return { allowed: true, retryAfter: null };
    },
  };
}
