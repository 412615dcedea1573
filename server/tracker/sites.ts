import { BlockList, isIPv6 } from 'node:net';
import type { Deps } from '#server/service.ts';
import { idOf } from '#server/storage/api-numbers.ts';
import { allowsHost, type Site, siteSchema } from '#shared/site/site.schema.ts';

export type KnownSite = Site & {
  id: string;
  /** Whether pages of this origin may send; programs name none. */
  allows: (origin: string | undefined) => boolean;
  isStaff: (address: string) => boolean;
};

/** How long an answer may be older than the document. */
const FRESH_MS = 1_000;
const MAX_UNKNOWN = 1_000;

function staffList(site: Site): (address: string) => boolean {
  const list = new BlockList();
  for (const one of site.ignoredAddresses) {
    const [address = '', bits] = one.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function knownSite(id: string, body: unknown): KnownSite | null {
  const parsed = siteSchema.safeParse(body);
  if (!parsed.success) return null;
  const site = parsed.data;
  const allows = (origin: string | undefined): boolean =>
    origin === undefined || (URL.canParse(origin) && allowsHost(site, new URL(origin).hostname));
  return { ...site, id, allows, isStaff: staffList(site) };
}

export type Sites = {
  /** By the id of its document, or by the number the API gave it. */
  find: (id: string) => Promise<KnownSite | null>;
  all: () => Promise<readonly KnownSite[]>;
};

/** The sites of the workspace, read again when what is known is a second old. */
export function createSites(deps: Pick<Deps, 'db' | 'now'>): Sites {
  let known: { until: number; sites: Promise<Map<string, KnownSite>> } | null = null;
  /** Numbers of the API never change what they mean. */
  const numbered = new Map<string, string>();

  async function read(): Promise<Map<string, KnownSite>> {
    const rows = await deps.db.query<{ id: string; body: unknown }>(
      `select id, body from document where kind = 'site' and not deleted order by id`,
    );
    return new Map(rows.flatMap(({ id, body }) => knownSite(id, body) ?? []).map((site) => [site.id, site]));
  }

  function sites(): Promise<Map<string, KnownSite>> {
    if (known && known.until > deps.now()) return known.sites;
    const reading = read();
    known = { until: deps.now() + FRESH_MS, sites: reading };
    reading.catch(() => {
      known = null;
    });
    return reading;
  }

  async function idOfNumber(number: string): Promise<string | null> {
    const found = numbered.get(number) ?? (await idOf(deps.db, 'site', Number(number)));
    if (found !== null && numbered.size < MAX_UNKNOWN) numbered.set(number, found);
    return found;
  }

  return {
    async find(given) {
      const all = await sites();
      const found = all.get(given);
      if (found || !/^\d{1,10}$/.test(given)) return found ?? null;
      const id = await idOfNumber(given);
      return id === null ? null : (all.get(id) ?? null);
    },
    all: async () => [...(await sites()).values()],
  };
}
