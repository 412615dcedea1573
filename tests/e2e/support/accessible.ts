import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const schemes = ['light', 'dark'] as const;

/** What axe finds serious or critical on the page as it stands, in light and in dark, in words. */
export async function seriousFindings(page: Page, screen: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Colours change without a transition, one frame later.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    // The mail in the preview is the writer's own, in a frame where no script may run, axe's neither.
    const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.map(({ html, failureSummary }) => `    ${html.slice(0, 160)}\n      ${failureSummary ?? ''}`);
      found.push(`${screen}, ${colorScheme}: ${id} (${help})\n${where.slice(0, 5).join('\n')}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
