import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export const schemes = ['light', 'dark'] as const;

/** The app hears of another scheme a moment after the browser, and colours may still be changing into each other. */
export async function coloursSettled(page: Page, scheme: (typeof schemes)[number]): Promise<void> {
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor({ state: 'attached' });
  await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ends = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ends.map(({ finished }) => finished));
  });
}

/** All that can differ in another scheme. */
const aboutColours = ['color-contrast', 'link-in-text-block'];

/** What axe finds serious or critical on the page as it stands, in light and in dark, in words. */
export async function seriousFindings(page: Page, screen: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await coloursSettled(page, colorScheme);
    // The mail in the preview is the writer's own, in a frame where no script may run, axe's neither.
    // Nothing that is looked at lies in a frame: what puts frames together, in a page of its own, costs more than the rest.
    const axe = new AxeBuilder({ page }).exclude('iframe').setLegacyMode(true);
    const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(aboutColours)).analyze();
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.map(({ html, failureSummary }) => `    ${html.slice(0, 160)}\n      ${failureSummary ?? ''}`);
      found.push(`${screen}, ${colorScheme}: ${id} (${help})\n${where.slice(0, 5).join('\n')}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
