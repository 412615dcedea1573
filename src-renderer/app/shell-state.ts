import { create } from 'zustand';

/** What floats over the screen at the moment. */
export const useShellState = create<{ syncOpened: boolean; shortcutsOpened: boolean; signInOpened: boolean }>(() => ({
  syncOpened: false,
  shortcutsOpened: false,
  signInOpened: false,
}));

export const openSync = (): void => useShellState.setState({ syncOpened: true });
export const openShortcuts = (): void => useShellState.setState({ shortcutsOpened: true });
export const openSignIn = (): void => useShellState.setState({ signInOpened: true });
