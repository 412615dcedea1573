import { desktop } from './desktop.ts';

/** Tells the person through the system while they look elsewhere; a click brings the app up on `path`. */
export async function showNotification(notification: { title: string; body: string; path?: string }): Promise<void> {
  const bridge = desktop();
  if (bridge && !document.hasFocus()) await bridge.invoke('notification.show', notification);
}
