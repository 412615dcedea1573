import { notifications } from '@mantine/notifications';
import { describeError } from './error-words.ts';

/** Says what happened, in a corner, for a few seconds. */
export function notifyDone(message: string): void {
  notifications.show({ message, autoClose: 5000 });
}

/** Says what failed and why; stays until closed. */
export function notifyError(title: string, error: unknown): void {
  const { code, message } = describeError(error);
  notifications.show({ title, message, color: code === 'offline' ? 'gray' : 'red', autoClose: false });
}
