import type { Server } from 'node:http';
import { join } from 'node:path';
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import type { Accounts } from '#server/accounts/accounts.ts';
import { authRoutes, webHeaders } from '#server/accounts/auth-routes.ts';
import type { Deps } from '#server/service.ts';
import type { Ports } from '#shared/api/ports.ts';
import { type AppRouter, appRouter } from '#shared/api/router.ts';
import { PROTOCOL_HEADER } from '#shared/sync/wire.schema.ts';
import { answerError } from './error-answer.ts';
import { addSecurityHeaders, checkPageOrigin, checkSessionOrigin } from './headers.ts';
import type { Listener } from './listener.ts';
import { staticApp } from './static-app.ts';

/** A method and a path with its parameters, as "POST /api/v1/contact/:id". */
export type RouteName = `${string} ${string}`;

/** A part's routes. */
export type RoutePlugin = (app: FastifyInstance) => Promise<void>;

export type HttpOptions = {
  listener: Listener;
  ports: Ports;
  accounts: Accounts;
  oldestClient: number;
  routes: RoutePlugin[];
  /** The built app. */
  appFolder?: string;
};

const TRPC_BODY_LIMIT = 20_000_000;
const builtApp = join(import.meta.dirname, '..', '..', 'out', 'renderer');

/** Neither bodies nor addresses are logged: both carry personal data. The route's pattern says enough. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const level = reply.statusCode >= 500 ? 'error' : reply.statusCode >= 400 ? 'info' : 'debug';
    const route = request.routeOptions.url ?? 'none';
    request.log[level](
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
}

/** [VER-4] Event streams of browsers cannot carry headers: they name their protocol in tRPC's connection parameters. */
function protocolOf(request: FastifyRequest, params: Record<string, string | undefined> | null): number {
  const named = Number(request.headers[PROTOCOL_HEADER] ?? params?.protocol ?? 1);
  return Number.isInteger(named) && named > 0 ? named : 1;
}

function trpc(deps: Deps, { ports, accounts, oldestClient }: HttpOptions): RoutePlugin {
  return async (app) => {
    app.addHook('onRequest', async (request) => checkPageOrigin(request, deps.config.publicUrl));
    const options: FastifyTRPCPluginOptions<AppRouter> = {
      trpcOptions: {
        router: appRouter,
        createContext: async ({ req, info }) => ({
          ports,
          caller: await accounts.callerOf(webHeaders(req)),
          protocol: protocolOf(req, info.connectionParams),
          oldestClient,
          address: req.ip,
        }),
        onError: ({ error, path }) => {
          if (error.code === 'INTERNAL_SERVER_ERROR')
            deps.log.error({ err: error.cause ?? error, path }, 'procedure failed');
        },
      },
    };
    await app.register(fastifyTRPCPlugin, { ...options, prefix: '/trpc' });
  };
}

/** The HTTP side: tRPC, accounts, the parts' own routes, the built app and /health, on a port that already listens. */
export async function createHttp(
  deps: Deps,
  options: HttpOptions,
): Promise<{ ready: () => void; close: () => Promise<void>; routes: readonly RouteName[] }> {
  const { listener, accounts, routes } = options;
  let handler: Parameters<Listener['answerWith']>[0] | undefined;
  const loggerInstance: FastifyBaseLogger = deps.log.child({ part: 'http' });
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // A proxy on this machine or network says who asks; nobody else is believed.
    trustProxy: ['loopback', 'uniquelocal'],
    bodyLimit: TRPC_BODY_LIMIT,
    routerOptions: { maxParamLength: 5000, ignoreTrailingSlash: true },
    forceCloseConnections: false,
    serverFactory: (own): Server => {
      handler = own;
      return listener.server;
    },
  });
  const routeNames: RouteName[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routeNames.push(`${one} ${url}`);
  });
  logRequests(app);
  app.addHook('onRequest', async (request) => checkSessionOrigin(request, deps.config.publicUrl));
  app.addHook('onSend', addSecurityHeaders);
  app.setErrorHandler(answerError);
  app.get('/health', async (_request, reply) => {
    try {
      await deps.db.query('select 1');
    } catch (error) {
      deps.log.error({ err: error }, 'the database does not answer');
      return reply.code(503).send({ status: 'unavailable' });
    }
    return { status: 'ok', version: deps.config.version };
  });
  if (deps.config.role !== 'worker') {
    await app.register(authRoutes(accounts, (request) => checkPageOrigin(request, deps.config.publicUrl)));
    await app.register(trpc(deps, options));
    for (const route of routes) await app.register(route);
    await app.register(staticApp(options.appFolder ?? builtApp));
  }
  await app.ready();
  return {
    routes: routeNames,
    ready() {
      if (handler) listener.answerWith(handler);
    },
    async close() {
      await listener.close();
      await app.close();
    },
  };
}
