import { useEffect } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { desktop } from '#renderer/platform/desktop.ts';
import { isLinkablePath } from '#shared/desktop/deep-link.ts';

/** Opens the screen a deep link or a notification names, also while the sign-in screen still stands before it. */
export function useDesktopLinks(): void {
  useEffect(
    () =>
      desktop()?.onLink((path) => {
        if (isLinkablePath(path)) navigate(path);
      }),
    [],
  );
}
