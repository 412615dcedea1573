/** Yespo's two calls about sites: a shop's plug-in registers its domain and asks for the script to put on its pages. */
import type { FastifyInstance } from 'fastify';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import type { ApiKeys } from '#server/accounts/api-keys.ts';
import { answerError } from '#server/http/error-answer.ts';
import { acceptJsonBodies } from '#server/http/json-body.ts';
import { requireKey } from '#server/intake/basic-auth.ts';
import { parseBody } from '#server/intake/parse-body.ts';
import type { Deps } from '#server/service.ts';
import { numberOf } from '#server/storage/api-numbers.ts';
import { writeDocument } from '#server/sync/document-store.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { parseDomain, type Site, siteSnippet } from '#shared/site/site.schema.ts';
import { createSites, type KnownSite } from './sites.ts';

const BODY_LIMIT = 64 * 1024;
/** Any fixed number: two calls with one domain must not both register it. */
const REGISTER_LOCK = 77_213_011;

const domainInput = z.object({ domain: z.string('domain is required').max(500) });
const scriptQuery = z.object({ domain: z.string().optional(), siteId: z.string().optional() });

export function siteApiRoutes(
  deps: Pick<Deps, 'db' | 'now' | 'wake' | 'config'>,
  parts: { apiKeys: Pick<ApiKeys, 'verify'> },
) {
  const sites = createSites(deps);

  /** The id of the new site, and the number by which the API knows it. */
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

  async function siteFor({ domain, siteId }: z.infer<typeof scriptQuery>): Promise<KnownSite> {
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

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (api) => {
      api.setErrorHandler(answerError);
      acceptJsonBodies(api, { limit: BODY_LIMIT });
      api.post('/api/v1/site/domains', async (request, reply) => {
        await requireKey(parts.apiKeys, request, reply, { keyIs: 'password', may: 'manageContacts' });
        const domain = parseDomain(parseBody(domainInput, request.body).domain);
        if (domain === null) throw new UserError('invalid_input', "Domain can't be reached", 'domain');
        return { result: 'OK', siteId: await register(domain) };
      });
      api.get('/api/v1/site/script', async (request, reply) => {
        await requireKey(parts.apiKeys, request, reply, { keyIs: 'password' });
        const { id } = await siteFor(parseBody(scriptQuery, request.query));
        return reply.type('text/plain; charset=utf-8').send(siteSnippet(deps.config.publicUrl, id));
      });
    });
  };
}
