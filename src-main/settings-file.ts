import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const settingsSchema = z.object({
  server: z.string().optional(),
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
