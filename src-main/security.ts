/** Decisions about what the page may do. Pure, so that each can be tested without Electron. */

export const APP_SCHEME = 'app';
export const APP_HOST = 'bundle';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** No eval, no inline script; styles inline for Mantine and ECharts; mail previews are sandboxed frames with a policy of their own. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https: http:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null;
}

/** Whether a URL is a page of the app itself. Parsed, never matched by substring. */
export function isAppUrl(url: string): boolean {
  const parsed = parse(url);
  return parsed !== null && parsed.protocol === `${APP_SCHEME}:` && parsed.host === APP_HOST;
}

/** Whether a URL may be handed to the system's browser: http, https or mailto, without credentials in it. */
export function isExternalUrl(url: string): boolean {
  const parsed = parse(url);
  if (!parsed || parsed.username !== '' || parsed.password !== '') return false;
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' || parsed.protocol === 'mailto:';
}

/** Permissions the page may have; everything else is denied. */
const granted: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'persistent-storage']);

export function isPermissionGranted(permission: string, requestingUrl: string): boolean {
  return granted.has(permission) && isAppUrl(requestingUrl);
}

/** Paths that main forwards to the server with the session token; everything else is a file of the app. */
const proxied = ['/trpc', '/api/auth', '/chunks', '/imports'];

export function isProxiedPath(pathname: string): boolean {
  return proxied.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`));
}

/** A server address somebody typed: https anywhere, plain http on loopback only. Answers its origin, or null. */
export function serverOrigin(url: string): string | null {
  const parsed = parse(url);
  if (!parsed || parsed.username !== '' || parsed.password !== '') return null;
  if (parsed.protocol === 'https:') return parsed.origin;
  const loopback =
    parsed.hostname === 'localhost' || parsed.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(parsed.hostname);
  return parsed.protocol === 'http:' && loopback ? parsed.origin : null;
}
