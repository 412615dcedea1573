import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { createFormat, type Format, type FormatSettings } from './format.ts';

const FormatContext = createContext<Format>(createFormat({ zone: 'UTC', currency: 'EUR' }));

/** Gives the workspace's zone and currency to every figure below. */
export function FormatProvider({ zone, currency, children }: FormatSettings & { children: ReactNode }) {
  const format = useMemo(() => createFormat({ zone, currency }), [zone, currency]);
  return <FormatContext.Provider value={format}>{children}</FormatContext.Provider>;
}

/** The workspace's formatters. */
export const useFormat = (): Format => useContext(FormatContext);
