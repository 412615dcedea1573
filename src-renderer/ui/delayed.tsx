import { type ReactNode, useEffect, useState } from 'react';

/** Shows its content only when it is still needed after `ms`: local data is there before a skeleton would be. */
export function Delayed({ ms = 200, children }: { ms?: number; children: ReactNode }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setDue(true), ms);
    return () => window.clearTimeout(timer);
  }, [ms]);
  return due ? children : null;
}
