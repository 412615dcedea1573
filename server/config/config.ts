import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { StartError } from '#server/start-error.ts';
import { countryCode } from '#shared/contact/normalise.ts';
import { isTimeZone } from '#shared/kernel/time.ts';

/** Everything read from the environment, once, validated. See README for the meaning of each. */
export type Config = {
  version: string;
  port: number;
  host: string;
  dataDir: string;
  /** Null = embedded PostgreSQL in the data folder. */
  databaseUrl: string | null;
  role: 'all' | 'api' | 'worker';
  adminEmail: string | null;
  adminPassword: string | null;
  /** Zone of a new workspace; afterwards the workspace's own. */
  timeZone: string;
  /** ISO code of the country whose national phone numbers are meant where a contact's country is not given. */
  defaultRegion: string | null;
  smtpUrl: string | null;
  /** No trailing slash. */
  publicUrl: string;
  /** Requests a second that one API key may make; twice as many at once. */
  apiRate: number;
  /** Whether the API may fetch files from this machine and its network. */
  apiPrivateUrls: boolean;
  open: boolean;
  /** Started by the desktop app for this computer alone: it sleeps when the computer does. */
  localWorkspace: boolean;
  /** The set-up code the desktop app chose; null = one is made and shown on the console. */
  setupCode: string | null;
};

/** Far above what shops send and this machine takes: it only stops a program that ran wild. */
const DEFAULT_API_RATE = 5_000;
const project = join(import.meta.dirname, '..', '..');

/** The version in package.json. */
export function programVersion(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')))
    .version;
}

function isPlainUrl(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { username, password, search, hash } = new URL(url);
  return username + password + search + hash === '';
}

const hasScheme = (text: string, schemes: readonly string[]) =>
  URL.canParse(text) && schemes.includes(new URL(text).protocol);
/** Set but empty is as good as not set: that is how compose files and shells switch a variable off. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const environment = z.object({
  MUSTER_PORT: optional(
    z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535')
      .transform(Number)
      .pipe(z.int().max(65_535, 'must be a port number from 0 to 65535')),
  ),
  MUSTER_HOST: optional(z.string().regex(/^[\w.:-]+$/, 'must be a host name or an IP address')),
  MUSTER_DATA_DIR: optional(z.string()),
  MUSTER_DATABASE_URL: optional(
    z
      .string()
      .refine(
        (url) => hasScheme(url, ['postgres:', 'postgresql:']),
        'must be a PostgreSQL address (postgresql://user:password@host:5432/database)',
      ),
  ),
  MUSTER_ROLE: optional(z.enum(['all', 'api', 'worker'], 'must be all, api or worker')),
  MUSTER_ADMIN_EMAIL: optional(z.email('must be an email address')),
  MUSTER_ADMIN_PASSWORD: optional(
    z.string().min(10, 'must have at least 10 characters').max(200, 'must have at most 200 characters'),
  ),
  MUSTER_TIME_ZONE: optional(z.string().refine(isTimeZone, 'must be a time zone name such as Europe/Kyiv')),
  MUSTER_DEFAULT_REGION: optional(
    z.string().refine((code) => countryCode(code) === code.toUpperCase(), 'must be a country code such as UA'),
  ),
  MUSTER_SMTP_URL: optional(
    z
      .string()
      .refine(
        (url) => hasScheme(url, ['smtp:', 'smtps:']),
        'must be an SMTP address (smtp://user:password@host:587 or smtps://…)',
      ),
  ),
  MUSTER_PUBLIC_URL: optional(
    z
      .string()
      .refine((url) => hasScheme(url, ['http:', 'https:']), 'must be an address that begins with https:// or http://')
      .refine(isPlainUrl, 'must be without user name, query and fragment: links are made by adding a path to it'),
  ),
  MUSTER_API_RATE: optional(
    z
      .string()
      .regex(/^[1-9]\d{0,5}$/, 'must be a whole number of requests a second')
      .transform(Number),
  ),
  MUSTER_API_PRIVATE_URLS: optional(z.enum(['0', '1'], 'must be 1 or 0')),
  MUSTER_NO_OPEN: optional(z.enum(['0', '1', 'true', 'false'], 'must be 1 or 0')),
  MUSTER_LOCAL_WORKSPACE: optional(z.enum(['0', '1'], 'must be 1 or 0')),
  MUSTER_SETUP_CODE: optional(z.string().regex(/^[\w-]{16,100}$/, 'must be 16 to 100 letters and digits')),
});

/** Host part of a URL for a listening address: a wildcard is reached over loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Where a server with these settings is reached from this machine. */
export function localUrl(host: string, port: number): string {
  return `http://${reachable(host)}:${port}`;
}

/** Reads and checks the environment. A wrong value is a StartError that names the variable and the reason. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new StartError(problems.join('; '));
  }
  const found = parsed.data;
  if ((found.MUSTER_ADMIN_EMAIL === undefined) !== (found.MUSTER_ADMIN_PASSWORD === undefined)) {
    const [given, missing] = found.MUSTER_ADMIN_EMAIL
      ? ['MUSTER_ADMIN_EMAIL', 'MUSTER_ADMIN_PASSWORD']
      : ['MUSTER_ADMIN_PASSWORD', 'MUSTER_ADMIN_EMAIL'];
    throw new StartError(`${missing} must be set too when ${given} is set`);
  }
  if (found.MUSTER_ROLE !== undefined && found.MUSTER_ROLE !== 'all' && found.MUSTER_DATABASE_URL === undefined) {
    throw new StartError(
      `MUSTER_ROLE must be all without MUSTER_DATABASE_URL: the embedded database serves one process, which then does everything`,
    );
  }
  const port = found.MUSTER_PORT ?? 4600;
  const host = found.MUSTER_HOST ?? '127.0.0.1';
  const localWorkspace = found.MUSTER_LOCAL_WORKSPACE === '1';
  checkLocal(localWorkspace, host, found.MUSTER_SETUP_CODE);
  return {
    version: programVersion(),
    port,
    host,
    dataDir: resolve(found.MUSTER_DATA_DIR ?? join(project, '.muster')),
    databaseUrl: found.MUSTER_DATABASE_URL ?? null,
    role: found.MUSTER_ROLE ?? 'all',
    adminEmail: found.MUSTER_ADMIN_EMAIL ?? null,
    adminPassword: found.MUSTER_ADMIN_PASSWORD ?? null,
    timeZone: found.MUSTER_TIME_ZONE ?? 'UTC',
    defaultRegion: found.MUSTER_DEFAULT_REGION?.toUpperCase() ?? null,
    smtpUrl: found.MUSTER_SMTP_URL ?? null,
    publicUrl: (found.MUSTER_PUBLIC_URL ?? localUrl(host, port)).replace(/\/+$/, ''),
    apiRate: found.MUSTER_API_RATE ?? DEFAULT_API_RATE,
    apiPrivateUrls: found.MUSTER_API_PRIVATE_URLS === '1',
    open: !['1', 'true'].includes(found.MUSTER_NO_OPEN ?? '0'),
    localWorkspace,
    setupCode: found.MUSTER_SETUP_CODE ?? null,
  };
}

/** A code chosen from outside opens only a server that nobody but this computer can reach. */
function checkLocal(localWorkspace: boolean, host: string, setupCode: string | undefined): void {
  if (localWorkspace && !['127.0.0.1', 'localhost', '::1'].includes(host)) {
    throw new StartError('MUSTER_HOST must be 127.0.0.1 with MUSTER_LOCAL_WORKSPACE: it serves this computer only');
  }
  if (setupCode !== undefined && !localWorkspace) {
    throw new StartError('MUSTER_SETUP_CODE must not be set without MUSTER_LOCAL_WORKSPACE=1');
  }
}
