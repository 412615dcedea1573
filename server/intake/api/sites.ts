/** What shops' plug-ins ask about their sites: to register a domain, and for the scripts to put on its pages. */
import { z } from 'zod';
import { createSiteRegistry } from '#server/tracker/site-registry.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { parseDomain, siteSnippet } from '#shared/site/site.schema.ts';
import type { ApiContext } from './context.ts';
import { type ApiRoute, nothing, route } from './route.ts';

const tag = 'Sites';
const MAX_DOMAINS = 100;

const domainInput = z.object({ domain: z.string('domain is required').max(500) });
const optional = z.string('is given more than once').optional();
const scriptQuery = z.object({ domain: optional, siteId: optional });

const pushDomain = z.object({
  domain: z.string('domain is required').max(500),
  serviceWorkerName: z.string().nullish(),
  serviceWorkerPath: z.string().nullish(),
  serviceWorkerScope: z.string().nullish(),
});
const pushDomains = z.object({
  domains: z.array(pushDomain, 'domains is required').min(1, 'Give at least one domain').max(MAX_DOMAINS),
});

/** No push is sent to browsers yet: a plug-in's domain is taken so that its set-up goes on, and nothing asks visitors. */
const NO_SERVICE_WORKER = '// Muster sends no web push yet: this service worker does nothing.\n';

type PushAnswer = { success: { domain: string; status: string } } | { errors: { domain: string; message: string } };

function pushAnswer({ domain }: z.infer<typeof pushDomain>): PushAnswer {
  const isSecure = URL.canParse(domain) && new URL(domain).protocol === 'https:';
  if (!isSecure || parseDomain(domain) === null) {
    return { errors: { domain, message: 'The domain is not an https address' } };
  }
  return { success: { domain, status: 'REGISTERED' } };
}

export function siteRoutes({ deps }: ApiContext): ApiRoute[] {
  const registry = createSiteRegistry(deps);
  return [
    route({
      method: 'POST',
      path: '/v1/site/domains',
      tag,
      summary: 'Registers the domain of a site; its number is what scripts and events name it by',
      may: 'manageContacts',
      body: domainInput,
      query: nothing,
      async run({ body }) {
        const domain = parseDomain(body.domain);
        if (domain === null) throw new UserError('invalid_input', "Domain can't be reached", 'domain');
        return { json: { result: 'OK', siteId: await registry.register(domain) } };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/site/script',
      tag,
      summary: 'What to paste into every page of a site: of this domain or siteId, else of the newest site',
      body: nothing,
      query: scriptQuery,
      async run({ query }) {
        const { id } = await registry.siteFor(query);
        return { text: siteSnippet(deps.config.publicUrl, id) };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/site/webpush/domain',
      tag,
      summary: 'Takes a domain for web push. Nothing is kept: no web push is sent from here yet',
      may: 'manageContacts',
      body: pushDomain,
      query: nothing,
      async run({ body }) {
        const answer = pushAnswer(body);
        return { status: 'errors' in answer ? 400 : 200, json: answer };
      },
    }),
    route({
      method: 'POST',
      path: '/v1/site/webpush/domains',
      tag,
      summary: 'The same for several domains; each is answered by itself',
      may: 'manageContacts',
      body: pushDomains,
      query: nothing,
      run: async ({ body }) => ({ json: body.domains.map(pushAnswer) }),
    }),
    route({
      method: 'GET',
      path: '/v1/site/webpush/script',
      tag,
      summary: 'Scripts for web push: empty ones, as none is sent from here yet',
      body: nothing,
      query: z.object({ domain: optional }),
      run: async () => ({ json: { script: '', serviceWorker: NO_SERVICE_WORKER } }),
    }),
  ];
}
