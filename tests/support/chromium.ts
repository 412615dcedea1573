import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const system = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** The browser's path: MUSTER_CHROMIUM, else one of the system's, else the one that comes from npm with its own libraries. */
async function findChromium(): Promise<string> {
  const named = process.env.MUSTER_CHROMIUM;
  if (named) {
    if (!existsSync(named)) throw new Error(`MUSTER_CHROMIUM names ${named}, which does not exist`);
    return named;
  }
  const found = system.find(existsSync);
  if (found) return found;
  // Makes the package unpack the shared libraries a bare machine lacks, and put them on LD_LIBRARY_PATH.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a real headless Chromium. Close it when done. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium();
  return chromium.launch({ executablePath, headless: true, env: { ...process.env }, args });
}

/** The same with a profile folder that stays. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  const executablePath = await findChromium();
  return chromium.launchPersistentContext(folder, { executablePath, headless: true, env: { ...process.env }, args });
}
