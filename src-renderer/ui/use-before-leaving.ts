import { useEffect } from 'react';

/**
 * Calls back when the page is about to go: at once when a navigation or reload begins, which leaves time to store something
 * before the page is taken down, and again when it is hidden for good, as when a tab is closed.
 */
export function useBeforeLeaving(store: () => void): void {
  useEffect(() => {
    window.addEventListener('beforeunload', store);
    window.addEventListener('pagehide', store);
    return () => {
      window.removeEventListener('beforeunload', store);
      window.removeEventListener('pagehide', store);
    };
  }, [store]);
}
