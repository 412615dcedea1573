import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { coloursSettled, schemes } from './accessible.ts';
import { findUgliness } from './picture-check.ts';

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
] as const;
/** Charts are drawn anew a moment after their box changed. */
const SETTLE_MS = 350;

/** A picture of the screen as it stands in either colour scheme, for people to judge. */
export async function takeBoth(page: Page, folder: string, name: string): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await coloursSettled(page, colorScheme);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

export type Variants = {
  sizes?: readonly (typeof sizes)[number]['width'][];
  schemes?: readonly (typeof schemes)[number][];
};

export type Album = {
  /** Takes one screen in every size and colour, and examines each. */
  take: (page: Page, screen: string, variants?: Variants) => Promise<void>;
  /** What was wrong, each with its picture. */
  problems: string[];
  taken: string[];
  /** Puts the pictures in place of all that lay in the folder: those of screens that are no more must not stay. */
  replace: (folder: string) => void;
};

/** Pictures lie aside until all are taken: a run that breaks off leaves the earlier ones as they were. */
export function openAlbum(): Album {
  const aside = mkdtempSync(join(tmpdir(), 'muster-pictures-'));
  const problems: string[] = [];
  const taken: string[] = [];
  return {
    problems,
    taken,
    replace(folder) {
      rmSync(folder, { recursive: true, force: true });
      cpSync(aside, folder, { recursive: true });
      rmSync(aside, { recursive: true });
    },
    async take(page, screen, variants = {}) {
      for (const size of sizes) {
        if (variants.sizes && !variants.sizes.includes(size.width)) continue;
        await page.setViewportSize(size);
        for (const colorScheme of schemes) {
          if (variants.schemes && !variants.schemes.includes(colorScheme)) continue;
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.waitForTimeout(SETTLE_MS);
          const name = `${screen}-${size.width}x${size.height}-${colorScheme}.png`;
          for (const problem of await page.evaluate(findUgliness)) problems.push(`${name}: ${problem}`);
          await page.screenshot({ path: join(aside, name), animations: 'disabled', caret: 'hide' });
          taken.push(name);
        }
      }
      await page.setViewportSize(sizes[0]);
    },
  };
}
