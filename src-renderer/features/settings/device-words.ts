import type { Format } from '#renderer/ui/format.ts';
import type { DeviceInfo } from '#shared/api/ports.ts';

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
