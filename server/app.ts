import type { Logger } from 'pino';
import { type Config, localUrl } from '#server/config/config.ts';
import { type Listener, listen } from '#server/http/listener.ts';
import { createHttp, type RouteName } from '#server/http/server.ts';
import { composeParts } from '#server/parts.ts';
import type { Deps } from '#server/service.ts';
import { reasonOf } from '#server/start-error.ts';
import { openStorage, type Storage } from '#server/storage/open-storage.ts';
import { createWake } from '#server/storage/wake.ts';
import type { Ports } from '#shared/api/ports.ts';
import { OLDEST_CLIENT } from '#shared/sync/wire.schema.ts';

export type App = {
  url: string;
  deps: Deps;
  ports: Ports;
  /** Everything that is answered over HTTP. */
  routes: readonly RouteName[];
  /** Settles when the server cannot go on (its PostgreSQL ended). */
  failed: Promise<string>;
  /** Finishes what is open and stops everything that was started, in the reverse order. */
  stop: () => Promise<void>;
};

export type AppOptions = {
  log: Logger;
  /** One line for the operator. */
  say: (line: string) => void;
  now?: () => number;
  /** The oldest client protocol to serve, where a test wants another one. */
  oldestClient?: number;
  /** The built app; the tests of the server itself have none. */
  appFolder?: string;
};

/** Keeps what was started, so that it can be stopped in the reverse order, also when a later part failed to start. */
function createStack() {
  const open: { name: string; stop: () => Promise<void> }[] = [];
  return {
    push: (name: string, stop: () => Promise<void>) => open.push({ name, stop }),
    async stop(log: Logger): Promise<void> {
      for (let part = open.pop(); part; part = open.pop()) {
        try {
          await part.stop();
        } catch (error) {
          // The others must be stopped all the same.
          log.error({ err: error, part: part.name }, `a part failed to stop: ${reasonOf(error)}`);
        }
      }
    },
  };
}

/** Starts a server: port, database, parts, HTTP. When a step fails, what was started before is stopped. */
export async function startApp(given: Config, options: AppOptions): Promise<App> {
  const { log, say } = options;
  const stack = createStack();
  try {
    const listener: Listener = await listen(given.host, given.port);
    stack.push('port', listener.close);
    const url = localUrl(given.host, listener.port);
    // Port 0 means any free one: addresses that were derived from it follow.
    const config: Config =
      given.port === 0
        ? { ...given, port: listener.port, publicUrl: given.publicUrl.replace(/:0$/, `:${listener.port}`) }
        : given;
    const storage: Storage = await openStorage({
      config,
      purpose: 'server',
      join: false,
      poolSize: 20,
      say,
      onError: (error) => log.warn({ err: error }, 'an idle database connection was closed'),
    });
    stack.push('storage', storage.close);
    // We alone own the data folder: whoever held these is dead, and nobody has to wait for them to run out.
    if (config.databaseUrl === null) await storage.db.query('delete from lease');
    const wake = createWake({ url: storage.url, log });
    await wake.start();
    stack.push(wake.name, () => wake.stop());
    const deps: Deps = { config, db: storage.db, log, now: options.now ?? Date.now, wake };
    const oldestClient = options.oldestClient ?? OLDEST_CLIENT;
    const parts = composeParts(deps, { say, oldestClient });
    for (const service of parts.services) {
      await service.start();
      stack.push(service.name, () => service.stop());
    }
    const http = await createHttp(deps, {
      ...parts,
      listener,
      oldestClient,
      ...(options.appFolder ? { appFolder: options.appFolder } : {}),
    });
    stack.push('http', http.close);
    http.ready();
    return { url, deps, ports: parts.ports, routes: http.routes, failed: storage.lost, stop: () => stack.stop(log) };
  } catch (error) {
    await stack.stop(log);
    throw error;
  }
}
