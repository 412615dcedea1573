/** How shops' plug-ins make their sites known, and find the one they mean. */
import { v7 as uuid } from 'uuid';
import type { Deps } from '#server/service.ts';
import { numberOf } from '#server/storage/api-numbers.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { parseDomain, type Site } from '#shared/site/site.schema.ts';
import { createSites, type KnownSite } from './sites.ts';

/** Any fixed number: two calls with one domain must not both register it. */
const REGISTER_LOCK = 77_213_011;

type Asked = { domain?: string; siteId?: string };

export type SiteRegistry = {
  /** Answers the number by which the API knows the new site. */
  register: (domain: string) => Promise<number>;
  /** By number, id or domain; else the newest. */
  siteFor: (asked: Asked) => Promise<KnownSite>;
};

export function createSiteRegistry(deps: Pick<Deps, 'db' | 'now' | 'wake'>): SiteRegistry {
  async function register(domain: string): Promise<number> {
    const number = await deps.db.tx(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [REGISTER_LOCK]);
      const { rows } = await tx.query(
        `select 1 from document where kind = 'site' and not deleted and body -> 'domains' ? $1`,
        [domain],
      );
      if (rows.length > 0) throw new UserError('invalid_input', 'Domain is already registered', 'domain');
      const id = uuid();
      const site: Site = {
        name: domain,
        domains: [domain],
        consent: 'none',
        ignoredAddresses: [],
        createdAt: deps.now(),
      };
      const given = await numberOf(tx, 'site', id);
      await writeDocument(tx, 'site', id, site);
      return given;
    });
    deps.wake.notify('feed');
    return number;
  }

  async function siteFor({ domain, siteId }: Asked): Promise<KnownSite> {
    // Read anew: a plug-in asks for the script right after it registered its domain.
    const sites = createSites(deps);
    const all = await sites.all();
    const host = domain === undefined ? null : parseDomain(domain);
    const found =
      siteId !== undefined
        ? await sites.find(siteId)
        : host !== null
          ? all.find(({ domains }) => domains.includes(host))
          : all.at(-1);
    if (!found) throw new UserError('not_found', 'There is no such site. Register its domain first.', 'domain');
    return found;
  }

  return { register, siteFor };
}
