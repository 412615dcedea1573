import { Died } from '../device/disk.ts';

/** What a killed program's promises end with concerns nobody. */
export function isOfTheDead(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Died) return true;
  return error instanceof Error && error.message.includes('The program is dead.');
}
