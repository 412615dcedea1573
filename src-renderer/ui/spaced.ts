export type Spaced = { call: () => void; stop: () => void };

/**
 * Acts at once when called after a rest of `ms`; otherwise once when that rest is over, however often it was called
 * meanwhile. For what is dear and asked for by changes that may come many times a second.
 */
export function spaced(act: () => void, ms: number): Spaced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wanted = false;
  const rest = () => {
    timer = setTimeout(() => {
      timer = null;
      if (wanted) run();
    }, ms);
  };
  const run = () => {
    wanted = false;
    rest();
    act();
  };
  return {
    call: () => {
      if (timer === null) run();
      else wanted = true;
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      wanted = false;
    },
  };
}
