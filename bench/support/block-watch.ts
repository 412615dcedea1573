/** How long a page could not have answered a click, and how much of that its thread really worked. */
import type { Page } from 'playwright-core';

export type Block = {
  /** By the clock. */
  ms: number;
  /** How long the thread had a processor in that time: the rest the machine gave to others. */
  cpuMs: number;
};

declare global {
  interface Window {
    longestBlock: { ms: number; endedAt: number };
  }
}

const MARK = 'block-watch';
const TICK_MS = 4;

/** Watches until `stop`, which answers the longest block. Only one page of a browser can be watched at a time. */
export async function watchBlocks(page: Page): Promise<{ stop: () => Promise<Block> }> {
  const browser = page.context().browser();
  if (!browser) throw new Error('Only a page of a browser can be watched.');
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'blink.user_timing'] });
  const markedAt = await page.evaluate(
    ({ mark, every }) => {
      let last = performance.now();
      window.longestBlock = { ms: 0, endedAt: last };
      // Urgent as a click is: it waits for what the thread is doing, but not for what waits as well.
      const soon = () => void scheduler.postTask(tick, { priority: 'user-blocking', delay: every });
      const tick = () => {
        const now = performance.now();
        const ms = now - last - every;
        if (ms > window.longestBlock.ms) window.longestBlock = { ms, endedAt: now };
        last = now;
        soon();
      };
      soon();
      return performance.mark(mark).startTime;
    },
    { mark: MARK, every: TICK_MS },
  );
  return {
    stop: async () => {
      const { ms, endedAt } = await page.evaluate(() => window.longestBlock);
      const trace: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
      return { ms, cpuMs: workedMs(trace.traceEvents, endedAt - ms - markedAt, endedAt - markedAt) };
    },
  };
}

/** Of Chromium's trace; times in µs, `tdur` what the thread itself ran. */
type TraceEvent = { name: string; pid: number; tid: number; ph: string; ts: number; dur?: number; tdur?: number };

/** What the page's thread worked between two moments, counted from the mark. */
function workedMs(events: readonly TraceEvent[], fromMs: number, toMs: number): number {
  const mark = events.find(({ name }) => name === MARK);
  if (!mark) throw new Error('The trace does not have the mark.');
  const from = mark.ts + fromMs * 1_000;
  const to = mark.ts + toMs * 1_000;
  let worked = 0;
  for (const { name, pid, tid, ts, dur = 0, tdur = 0 } of events) {
    if (!name.endsWith('RunTask') || pid !== mark.pid || tid !== mark.tid) continue;
    const shared = Math.min(to, ts + dur) - Math.max(from, ts);
    if (shared > 0) worked += tdur * (shared / dur);
  }
  return worked / 1_000;
}
