/**
 * Fetches an address that somebody outside names, without letting them reach what only this machine or its network can:
 * the address a name resolves to is judged when the connection is made, so that it cannot change in between, and so is
 * every redirect.
 */
import { type LookupAddress, type LookupOptions, lookup as lookUp } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { UserError } from '#shared/kernel/errors.ts';

const MAX_REDIRECTS = 3;

const inside = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  inside.addSubnet(net, prefix, 'ipv4');
}
// Of IPv6 only what is handed out to the world is outside; that leaves 6to4 and Teredo, which carry IPv4 addresses.
const outside6 = new BlockList();
outside6.addSubnet('2000::', 3, 'ipv6');
const carrying = new BlockList();
carrying.addSubnet('2002::', 16, 'ipv6');
carrying.addSubnet('2001::', 32, 'ipv6');
carrying.addSubnet('2001:db8::', 32, 'ipv6');

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !inside.check(address, 'ipv4');
  if (isIP(address) !== 6) return false;
  return outside6.check(address, 'ipv6') && !carrying.check(address, 'ipv6');
}

const refused = () =>
  new UserError('forbidden', 'This address is not on the public internet. An operator can allow it.', 'url');

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Resolves as usual, and fails when any of the addresses is inside. */
function guardedLookup(host: string, options: LookupOptions, done: Found): void {
  lookUp(host, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    if (addresses.some(({ address }) => !isPublicAddress(address))) return done(refused(), []);
    const [first] = addresses;
    if (options.all || !first) return done(null, addresses);
    done(null, first.address, first.family);
  });
}

export type FetchOptions = {
  /** Also addresses of this machine and its network. */
  allowPrivate: boolean;
  timeoutMs: number;
};

/** The body of a 200 answer. The caller reads it to its end or destroys it. */
export async function fetchGuarded(given: string, options: FetchOptions): Promise<IncomingMessage> {
  let url = given;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await ask(url, options);
    const { statusCode = 0, headers } = answer;
    if (statusCode === 200) return answer;
    answer.destroy();
    if (statusCode < 300 || statusCode >= 400 || !headers.location || !URL.canParse(headers.location, url)) {
      throw new UserError('invalid_input', `The address answered with status ${statusCode}.`, 'url');
    }
    url = new URL(headers.location, url).href;
  }
  throw new UserError('invalid_input', 'The address redirects too often.', 'url');
}

function ask(text: string, { allowPrivate, timeoutMs }: FetchOptions): Promise<IncomingMessage> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UserError('invalid_input', 'Give an address that begins with https:// or http://', 'url');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is connected to without being looked up.
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw refused();
  return new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
      url,
      { signal: AbortSignal.timeout(timeoutMs), ...(allowPrivate ? {} : { lookup: guardedLookup }) },
      done,
    );
    request.on('error', (error) => {
      const reason =
        error instanceof UserError ? error : new UserError('invalid_input', 'The address cannot be reached.', 'url');
      fail(reason);
    });
    request.end();
  });
}
