import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const settingsSchema = z.object({
  /** Which of the two the person chose; nothing before the first choice. */
  workspace: z.enum(['local', 'server']).optional(),
  server: z.string().optional(),
  /** Of the local workspace's server: kept, because its links name it. */
  localPort: z.int().min(1).max(65_535).optional(),
  /** Where this installation looks for newer versions, instead of where it was built to look. */
  updateFeed: z.string().optional(),
  window: z
    .object({ x: z.int().optional(), y: z.int().optional(), width: z.int(), height: z.int(), maximized: z.boolean() })
    .optional(),
});
export type DesktopSettings = z.infer<typeof settingsSchema>;

/** Small settings of this machine, in one JSON file that is replaced as a whole. A damaged file means defaults. */
export function openSettings(file: string) {
  let current: DesktopSettings = {};
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success) current = parsed.data;
  } catch {
    // Missing or unreadable: start with defaults.
    current = {};
  }
  return {
    get: () => current,
    update(change: DesktopSettings) {
      current = { ...current, ...change };
      writeFileSync(`${file}.new`, JSON.stringify(current));
      renameSync(`${file}.new`, file);
    },
  };
}
