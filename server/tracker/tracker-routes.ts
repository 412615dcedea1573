/**
 * What the pages of shops ask for, without a key: the script of a site, and the address that takes its events. Nothing
 * here tells anything about anybody, so every origin may read the answers; whose events are kept is decided per site.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerError } from '#server/http/error-answer.ts';
import { acceptJsonBodies } from '#server/http/json-body.ts';
import { createTokenBuckets } from '#server/http/token-bucket.ts';
import type { Intake } from '#server/intake/intake.ts';
import type { Deps } from '#server/service.ts';
import { UserError } from '#shared/kernel/errors.ts';
import { createScripts } from './script-file.ts';
import { createSiteSeen } from './site-seen.ts';
import { createSites } from './sites.ts';
import { takeEvents } from './take-events.ts';

const BODY_LIMIT = 512 * 1024;
const MAX_EVENTS = 100;
/** A person makes a few requests a page; an office or a mobile network is many people behind one address. */
const RATE = { rate: 20, burst: 400 };
/** A changed site is known to every page after this long. */
const SCRIPT_SECONDS = 300;

/** Yespo's addresses: with and without the trailing slash, and the name its script uses. */
const paths = ['/api/v2', '/api/v2/webevent', '/webevent'];

export function trackerRoutes(
  deps: Pick<Deps, 'db' | 'now' | 'config'>,
  parts: { intake: Pick<Intake, 'append'>; scriptPath?: string },
) {
  const sites = createSites(deps);
  const scriptOf = createScripts(parts.scriptPath);
  const noteSeen = createSiteSeen(deps);
  const callers = createTokenBuckets({ ...RATE, now: deps.now });

  async function track(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const wait = callers.take(request.ip);
    if (wait !== null) {
      reply.header('retry-after', String(wait));
      throw new UserError('rate_limited', 'Too many requests from this address. Try again in a moment.');
    }
    const visit = {
      origin: request.headers.origin,
      address: request.ip,
      agent: request.headers['user-agent'] ?? '',
      region: deps.config.defaultRegion,
    };
    const { body } = request;
    const all = Array.isArray(body) ? body : [body ?? {}];
    if (all.length > MAX_EVENTS) throw new UserError('too_large', `At most ${MAX_EVENTS} events in one request.`);
    const { rows, arrived, rejected } = await takeEvents(sites, all, visit, deps.now());
    await parts.intake.append(rows);
    await noteSeen(arrived);
    const [problem] = rejected;
    if (problem && !Array.isArray(body)) {
      throw new UserError(problem.code, problem.message, problem.field ?? undefined);
    }
    return reply.code(200).send(rejected.length === 0 ? '' : { rejected });
  }

  async function sendScript(
    request: FastifyRequest<{ Params: { file: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const [, id] = /^([\w-]{1,80})\.js$/.exec(request.params.file) ?? [];
    const site = id === undefined ? null : await sites.find(id);
    if (!site) throw new UserError('not_found', 'There is no site with this id.');
    const script = await scriptOf(site);
    if (!script) throw new UserError('not_ready', 'The script is not built. Run "npm run build" on the server.');
    reply.header('cache-control', `public, max-age=${SCRIPT_SECONDS}`).header('etag', script.etag);
    if (request.headers['if-none-match'] === script.etag) return reply.code(304).send();
    return reply.type('text/javascript; charset=utf-8').send(script.text);
  }

  return async (app: FastifyInstance): Promise<void> => {
    await app.register(async (api) => {
      api.setErrorHandler(answerError);
      acceptJsonBodies(api, { limit: BODY_LIMIT });
      api.addHook('onRequest', async (_request, reply) => {
        reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
      });
      for (const path of paths) {
        api.post(path, track);
        api.options(path, async (_request, reply) =>
          reply
            .code(204)
            .header('access-control-allow-methods', 'POST, OPTIONS')
            .header('access-control-allow-headers', 'content-type, content-encoding')
            .header('access-control-max-age', '86400')
            .send(),
        );
      }
      api.get('/site/:file', sendScript);
    });
  };
}
