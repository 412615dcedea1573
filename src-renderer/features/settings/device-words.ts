import type { Format } from '#renderer/ui/format.ts';
import type { Tone } from '#renderer/ui/status-dot.tsx';
import type { DeviceInfo } from '#shared/api/ports.ts';

const DAY_MS = 86_400_000;
/** How long a device keeps its data without reaching the server; as the head of the list says. */
const KEPT_DAYS = 30;

/** What a device holds: "100,000 contacts with names, 4,200 events, 183 MB". */
export function holdsWords(holds: DeviceInfo['holds'], format: Format): string {
  if (holds.contacts === 0 && holds.events === 0) return 'no contacts';
  const names = holds.contacts === 0 ? '' : holds.personal ? ' with names and addresses' : ' without names';
  return [
    `${format.counted(holds.contacts, 'contact')}${names}`,
    ...(holds.events > 0 ? [format.counted(holds.events, 'event')] : []),
    ...(holds.bytes > 0 ? [format.bytes(holds.bytes)] : []),
  ].join(', ');
}

/** How a device stands to the server. A session that ended takes no data from the device by itself. */
export function deviceState(device: DeviceInfo, format: Format): { tone: Tone; words: string } {
  if (device.state === 'wiped') return { tone: 'neutral', words: 'Its data is deleted' };
  if (device.state === 'ordered')
    return { tone: 'warn', words: 'Signed out; deletes its data when it reaches the server' };
  // A server of before does not say.
  if (device.signedIn === false) {
    const until = format.date(device.lastSeenAt + KEPT_DAYS * DAY_MS);
    return { tone: 'warn', words: `Signed out; keeps its data until about ${until} or until it signs in again` };
  }
  return { tone: 'ok', words: 'Signed in' };
}
