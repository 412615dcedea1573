/** The date-time field speaks wall-clock text ("2026-11-24 09:00:00"); a campaign keeps the instant in the workspace zone. */
import { fromWall, zoneOffset } from '#shared/kernel/time.ts';

export function wallText(at: number, zone: string): string {
  return new Date(at + zoneOffset(zone, at)).toISOString().slice(0, 19).replace('T', ' ');
}

/** Answers null for text that is no date. */
export function fromWallText(text: string, zone: string): number | null {
  const wall = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(wall) ? null : fromWall(zone, wall);
}

/** Tomorrow at nine: what somebody who picks "Schedule" most likely wants. */
export function suggestedStart(now: number, zone: string): number {
  const wall = now + zoneOffset(zone, now);
  const midnight = Math.floor(wall / 86_400_000) * 86_400_000;
  return fromWall(zone, midnight + 33 * 3_600_000);
}

/** "8 s", "14 min", "3 h 20 min", "2 days": what is left, for a countdown. */
export function leftWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}
