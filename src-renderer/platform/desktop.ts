import type { DesktopBridge } from '#shared/desktop/desktop-contract.ts';

declare global {
  interface Window {
    /** There when the page runs in the desktop app. */
    readonly desktop?: DesktopBridge;
  }
}

/** The desktop app's bridge; null in a browser. */
export const desktop = (): DesktopBridge | null => window.desktop ?? null;

const isMac = /^Mac|iPhone|iPad/.test(navigator.platform);

/** The key that means "command" here. */
export const modifierName = isMac ? '⌘' : 'Ctrl';
