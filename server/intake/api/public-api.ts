/** eSputnik's and Yespo's REST API below /api: its routes by resource, answered alike (docs/decisions/0024-public-api.md). */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiKeys, VerifiedKey } from '#server/accounts/api-keys.ts';
import { createEventTokens } from '#server/accounts/event-tokens.ts';
import { answerError } from '#server/http/error-answer.ts';
import { acceptJsonBodies } from '#server/http/json-body.ts';
import { createTokenBuckets } from '#server/http/token-bucket.ts';
import type { Imports } from '#server/imports/imports.ts';
import { requireKey } from '#server/intake/basic-auth.ts';
import type { Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { accountRoutes } from './account.ts';
import { bulkRoutes } from './bulk.ts';
import { contactRoutes } from './contact.ts';
import { createApiContext } from './context.ts';
import { docsPage } from './docs-page.ts';
import { createDuplicates, requestHash } from './duplicates.ts';
import { UnexpectedParameters } from './event-rules.ts';
import { eventRoutes } from './events.ts';
import { groupRoutes } from './groups.ts';
import { historyRoutes } from './history.ts';
import { describeApi } from './openapi.ts';
import { orderRoutes } from './orders.ts';
import type { ApiAnswer, ApiRoute } from './route.ts';
import { searchRoutes } from './search.ts';
import { siteRoutes } from './sites.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { uploadRoutes } from './upload.ts';

const BODY_LIMIT = 10 * 1024 * 1024;

export type PublicApiOptions = {
  intake: Pick<Intake, 'append'>;
  apiKeys: Pick<ApiKeys, 'verify' | 'verifyId'>;
  imports: Pick<Imports, 'port' | 'uploads'>;
};

export function publicApi(deps: Deps, { intake, apiKeys, imports }: PublicApiOptions) {
  const tokens = createEventTokens(deps, apiKeys);
  const context = createApiContext(deps, { intake, tokens });
  const duplicates = createDuplicates(deps.now);
  const { apiRate } = deps.config;
  const buckets = createTokenBuckets({ rate: apiRate, burst: apiRate * 2, now: () => performance.now() });
  const keys = new WeakMap<FastifyRequest, VerifiedKey>();
  const routes: ApiRoute[] = [
    ...accountRoutes(context),
    ...contactRoutes(context),
    ...bulkRoutes(context),
    ...uploadRoutes(context, imports),
    ...searchRoutes(context),
    ...groupRoutes(context),
    ...subscriptionRoutes(context),
    ...siteRoutes(context),
    ...historyRoutes(context),
    ...eventRoutes(context),
    ...orderRoutes(context),
  ];

  /** Before the body is read: who has no key can make us read nothing. */
  async function admit(route: ApiRoute, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const check = route.may ? { keyIs: 'password' as const, may: route.may } : { keyIs: 'password' as const };
    const key = await requireKey(apiKeys, request, reply, { ...check, tokens });
    const seconds = buckets.take(key.id);
    if (seconds !== null) {
      reply.header('retry-after', String(seconds));
      throw new UserError(
        'rate_limited',
        `This API key may make ${apiRate} requests a second. Try again in ${seconds} s.`,
      );
    }
    keys.set(request, key);
  }

  async function answer(route: ApiRoute, request: FastifyRequest): Promise<ApiAnswer> {
    const key = keys.get(request);
    if (!key) throw new Error('a request was answered without a key');
    const call = { body: request.body, query: request.query ?? {}, params: paramsOf(request), key };
    const { once } = route;
    if (!once) return route.run(call);
    const hash = requestHash(key.id, route.method, request.url, JSON.stringify(request.body ?? null));
    return duplicates.guard(
      hash,
      (done) => `${key.id} ${route.path} ${once(done.json)}`,
      () => route.run(call),
    );
  }

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (api) => {
      api.setErrorHandler((error: FastifyError | UserError, request, reply) => {
        if (error instanceof UnexpectedParameters) reply.code(400).send({ ...error.expected, error: errorOf(error) });
        else answerError(error, request, reply);
      });
      acceptJsonBodies(api, { limit: BODY_LIMIT });
      const described = describeApi(routes, { version: deps.config.version, url: deps.config.publicUrl });
      api.get('/api/openapi.json', async () => described);
      api.get('/api/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(docsPage(described)));
      for (const route of routes) {
        api.route({
          method: route.method,
          url: `/api${route.path}`,
          onRequest: (request, reply) => admit(route, request, reply),
          handler: async (request, reply) => send(reply, await answer(route, request)),
        });
      }
    });
  };
}

const errorOf = ({ code, message, field }: UserError) => ({ code, message, field: field ?? null });

function paramsOf({ params }: FastifyRequest): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

function send(reply: FastifyReply, { status = 200, headers = {}, json, text }: ApiAnswer): FastifyReply {
  reply.code(status).headers(headers);
  if (text !== undefined) return reply.type('text/plain; charset=utf-8').send(text);
  return json === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(json);
}
