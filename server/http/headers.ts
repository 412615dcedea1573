import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_COOKIE } from '#server/accounts/auth.ts';
import { UserError } from '#shared/kernel/errors.ts';

/** What a page of ours may load. Mail previews are sandboxed frames from blobs; images in mail come from anywhere. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https: http:",
  "font-src 'self' data:",
  "frame-src 'self' blob: data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Put on every answer that does not set its own. Nothing is kept by a browser unasked: what is erased must not lie in its cache. */
export async function addSecurityHeaders(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const defaults = {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  };
  for (const [name, value] of Object.entries(defaults)) if (!reply.hasHeader(name)) reply.header(name, value);
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : '');

type Asked = Pick<FastifyRequest, 'method' | 'headers' | 'host'>;

const isOwn = ({ headers: { origin }, host }: Asked, publicUrl: string) =>
  origin !== undefined && (hostOf(origin) === host || origin === new URL(publicUrl).origin);
const foreign = () => new UserError('forbidden', 'This request did not come from a page of this server.');
const changes = ({ method }: Asked) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

/**
 * For every route: a browser sends the session cookie along with requests that other sites start. What changes something
 * and is vouched for by it must come from a page of ours. A bearer token or key is never sent by itself.
 */
export function checkSessionOrigin(request: Asked, publicUrl: string): void {
  const { cookie, authorization } = request.headers;
  if (!changes(request) || authorization !== undefined || !cookie?.includes(`${SESSION_COOKIE}=`)) return;
  if (!isOwn(request, publicUrl)) throw foreign();
}

/** For what only our own app calls: another site's page is refused even without a session. Programs name no origin. */
export function checkPageOrigin(request: Asked, publicUrl: string): void {
  const { origin, authorization } = request.headers;
  if (!changes(request) || authorization !== undefined || origin === undefined) return;
  if (!isOwn(request, publicUrl)) throw foreign();
}
