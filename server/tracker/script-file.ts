import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownSite } from './sites.ts';

const built = join(import.meta.dirname, '..', '..', 'out', 'sdk', 'web.js');

export type ScriptFile = { text: string; etag: string };

/** The script of one site: what it has to know, in front of what was built; null when it was not built. */
export function createScripts(path = built): (site: KnownSite) => Promise<ScriptFile | null> {
  let reading: Promise<string | null> | undefined;
  return async ({ id, consent }) => {
    reading ??= readFile(path, 'utf8').catch(() => {
      reading = undefined;
      return null;
    });
    const script = await reading;
    if (script === null) return null;
    // Whoever loads the script reaches the server by the script's own address.
    const config = JSON.stringify({ id, url: '/api/v2', consent });
    const text = `(function(){var MUSTER_SITE=${config};${script}\n})();\n`;
    return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  };
}
