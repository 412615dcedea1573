import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { CONTENT_SECURITY_POLICY } from './security.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
};

const headersFor = (extension: string) => ({
  'content-type': types[extension] ?? 'application/octet-stream',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
});

function refusal(status: number, words: string): Response {
  return new Response(words, { status, headers: { 'content-type': 'text/plain' } });
}

/**
 * Answers a file of the built page. A path without an extension is a screen of the app and gets index.html.
 * Nothing outside `root` is ever read: 403. A missing file is 404.
 */
export async function appFile(root: string, pathname: string): Promise<Response> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return refusal(400, 'Malformed path');
  }
  if (decoded.includes('\u0000')) return refusal(400, 'Malformed path');
  const path = normalize(join(root, decoded));
  if (path !== root && !path.startsWith(root + sep)) return refusal(403, 'Outside the app');
  const extension = extname(path);
  const file = extension === '' ? join(root, 'index.html') : path;
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: headersFor(extension || '.html') });
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) {
      return refusal(404, 'No such file in the app');
    }
    throw error;
  }
}
