import type { FastifyReply, FastifyRequest } from 'fastify';
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

/** Put on every answer that does not set its own. */
export async function addSecurityHeaders(_request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const defaults = {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
  for (const [name, value] of Object.entries(defaults)) if (!reply.hasHeader(name)) reply.header(name, value);
}

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : '');

/**
 * A browser sends its cookie along with requests that other sites start. What changes something and is vouched for by a
 * cookie must therefore come from a page of ours; a bearer token or key is never sent by itself.
 */
export function checkOrigin(request: Pick<FastifyRequest, 'method' | 'headers' | 'host'>, publicUrl: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { cookie, authorization, origin } = request.headers;
  if (cookie === undefined || authorization !== undefined) return;
  if (origin !== undefined && (hostOf(origin) === request.host || origin === new URL(publicUrl).origin)) return;
  throw new UserError('forbidden', 'This request did not come from a page of this server.');
}
