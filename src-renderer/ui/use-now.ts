import { useEffect, useState } from 'react';

/** The page's one reading of the clock; everything else takes the time as a value. */
export const clock = (): number => Date.now();

/** The current time, refreshed every `everyMs`, for relative times and countdowns. */
export function useNow(everyMs = 60_000): number {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(clock()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}
