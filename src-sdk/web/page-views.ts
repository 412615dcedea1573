/** Pages that change without loading anew: the history's own calls, and going back and forth. */
import { safely } from './safely.ts';

/** Calls back after each change of the address but for its fragment. */
export function onNavigation(listener: () => void): void {
  const address = () => location.pathname + location.search;
  let last = address();
  const look = (): void => {
    // The page sets its title after it changed the address.
    setTimeout(() => {
      if (address() === last) return;
      last = address();
      safely(listener);
    }, 0);
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (this: History, ...given: Parameters<History['pushState']>) {
      original.apply(this, given);
      look();
    };
  }
  addEventListener('popstate', look);
}
