/** What the SDK remembers of itself: one text in the storage, written whole. */
import type { AppState } from './lifecycle.ts';
import type { Platform } from './platform.ts';
import type { KnownUser } from './user.ts';

export type Push = { token: string; subscribed: boolean };

export type State = AppState & {
  deviceId: string;
  externalUserId?: string;
  push?: Push;
  /** What the server was told of the device, as it was sent. */
  toldDevice?: string;
  /** What the server was told of whom. */
  toldUser: { externalUserId?: string; deviceId: string; known: KnownUser };
};

const isState = (value: unknown): value is State =>
  typeof value === 'object' &&
  value !== null &&
  'installId' in value &&
  'deviceId' in value &&
  typeof value.deviceId === 'string' &&
  'toldUser' in value &&
  typeof value.toldUser === 'object';

export function newState(newId: () => string): State {
  const deviceId = newId();
  return { installId: deviceId, deviceId, toldUser: { deviceId, known: {} } };
}

export async function readState(platform: Platform, key: string): Promise<State | null> {
  try {
    const text = await platform.storage.get(key);
    const value: unknown = text === null ? null : JSON.parse(text);
    return isState(value) ? value : null;
  } catch (error) {
    platform.log?.('What was remembered cannot be read; the device is a new one.', error);
    return null;
  }
}
