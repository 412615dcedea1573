/** Which chunks of a generation this device keeps (SPEC.md: CHUNK-3). Pure. */
import { z } from 'zod';
import type { Keep } from '#renderer/data/data-api.ts';
import { personalTables } from '#shared/columns/tables.ts';
import { manifestSchema } from '#shared/sync/wire.schema.ts';

const DAY_MS = 86_400_000;

/** A manifest without what this device does not keep. */
export const heldManifestSchema = manifestSchema.extend({
  /** From when on all events are here; null = from the beginning. */
  eventsFrom: z.number().nullable().default(null),
});
export type HeldManifest = z.infer<typeof heldManifestSchema>;

export function whatToKeep(manifest: HeldManifest, keep: Keep, now: number): HeldManifest {
  const personal = manifest.personal && keep.personal;
  const oldest = keep.eventDays === null ? Number.NEGATIVE_INFINITY : now - keep.eventDays * DAY_MS;
  let eventsFrom = manifest.eventsFrom;
  const chunks = manifest.chunks.filter(({ table, to }) => {
    if (!personal && personalTables.includes(table)) return false;
    if (table !== 'event' || to === null || to >= oldest) return true;
    eventsFrom = Math.max(eventsFrom ?? Number.NEGATIVE_INFINITY, to + 1);
    return false;
  });
  return { ...manifest, personal, chunks, eventsFrom };
}

/** Whether two manifests are the same data on this device; a generation can look different to another role. */
export function isSameGeneration(a: HeldManifest, b: HeldManifest): boolean {
  if (a.generation !== b.generation || a.epoch !== b.epoch || a.personal !== b.personal) return false;
  if (a.erasedTo !== b.erasedTo || a.tailFrom !== b.tailFrom || a.chunks.length !== b.chunks.length) return false;
  const hashes = new Set(a.chunks.map(({ hash }) => hash));
  return b.chunks.every(({ hash }) => hashes.has(hash));
}
