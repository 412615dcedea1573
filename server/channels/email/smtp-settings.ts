import { isIP } from 'node:net';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import { z } from 'zod';
import { StartError } from '#server/start-error.ts';

/**
 * MUSTER_SMTP_URL, read: `smtp://user:password@host:587` or `smtps://…:465`. The query takes nodemailer's own names:
 * maxConnections (10), maxMessages per connection (100), rateLimit messages per rateDelta ms (no limit; 1000),
 * and the connection's own options such as `requireTLS=true` or `tls.rejectUnauthorized=false`.
 */
export type SmtpSettings = {
  host: string;
  connection: SMTPConnectionOptions;
  auth: { user: string; pass: string } | null;
  maxConnections: number;
  maxMessages: number;
  /** Null = as fast as the server takes them. */
  rate: { limit: number; perMs: number } | null;
  /** The server is on this machine: a test sink, or a local relay. */
  loopback: boolean;
};

const parsed = z.object({
  host: z.string().min(1, 'is empty'),
  port: z.int().min(1).max(65_535).optional(),
  secure: z.boolean(),
  auth: z.object({ user: z.string(), pass: z.string() }).optional(),
  maxConnections: z.int().min(1).max(100).default(10),
  maxMessages: z.int().min(1).default(100),
  rateLimit: z.int().min(1).optional(),
  rateDelta: z.int().min(1).default(1000),
  requireTLS: z.boolean().optional(),
  ignoreTLS: z.boolean().optional(),
  name: z.string().optional(),
  localAddress: z.string().optional(),
  connectionTimeout: z.int().min(1).default(20_000),
  greetingTimeout: z.int().min(1).default(20_000),
  // RFC 5321 grants a server ten minutes to answer the end of a message.
  socketTimeout: z.int().min(1).default(600_000),
  tls: z.record(z.string(), z.unknown()).optional(),
});

/** Throws a StartError for a URL that makes no sense. */
export function readSmtpUrl(url: string): SmtpSettings {
  const result = parsed.safeParse(parseConnectionUrl(url));
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new StartError(`MUSTER_SMTP_URL: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}`);
  }
  const { host, auth, maxConnections, maxMessages, rateLimit, rateDelta, ...connection } = result.data;
  return {
    host,
    connection: { ...connection, host },
    auth: auth ?? null,
    maxConnections,
    maxMessages,
    rate: rateLimit === undefined ? null : { limit: rateLimit, perMs: rateDelta },
    loopback: isLoopback(host),
  };
}

/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  return isIP(bare) === 4 ? bare.startsWith('127.') : bare === '::1';
}
