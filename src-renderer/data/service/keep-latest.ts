import { z } from 'zod';
import type { MetaStore } from '#renderer/data/store/meta.ts';

const MOST_CONTACTS = 50;
const kept = z.looseObject({ at: z.number() });

/** Of what was kept of contacts under one prefix: nothing stays of those that were looked at long ago. */
export async function keepLatest(meta: MetaStore, prefix: string): Promise<void> {
  const all = await meta.list(prefix, kept);
  if (all.length <= MOST_CONTACTS) return;
  const oldest = all.toSorted((a, b) => a.value.at - b.value.at).slice(0, all.length - MOST_CONTACTS);
  await meta.remove(oldest.map(({ key }) => key));
  await meta.purge();
}
