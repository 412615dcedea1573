/**
 * The script that a shop's pages load. It answers the queue function `eS`, which the pasted snippet defines before it is
 * here. Nothing it does may disturb the page: it throws nothing, waits for nothing, and keeps to itself when the server is away.
 */
import { attempt, safely } from './safely.ts';
import { type Call, createTracker, type SiteConfig } from './tracker.ts';

type Queue = { (...call: unknown[]): void; q?: Call[]; on?: true };

declare global {
  interface Window {
    eS?: Queue;
  }
}

/** Written in front of this script by the server. */
declare const MUSTER_SITE: SiteConfig;

/** By the address it was loaded from, which is the one that reaches the server from here. */
function trackerUrl(path: string): string {
  const script = document.currentScript;
  const base = script instanceof HTMLScriptElement && script.src ? script.src : location.href;
  return attempt(() => new URL(path, base).href, path);
}

safely(() => {
  const before = window.eS;
  // Pasted twice, or by the page and a tag manager: once is enough.
  if (before?.on) return;
  const handle = createTracker({ ...MUSTER_SITE, url: trackerUrl(MUSTER_SITE.url) });
  const eS: Queue = (...call) => handle(call);
  eS.on = true;
  window.eS = eS;
  for (const call of before?.q || []) handle(call);
});
