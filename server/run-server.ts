import { type App, startApp } from './app.ts';
import { readConfig } from './config/config.ts';
import { createLogger } from './logger.ts';
import { reasonOf, StartError } from './start-error.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

/** The program that started us, if it listens. */
export type Parent = {
  tell: (message: { ready: string }) => void;
  /** It wants us to stop, or is gone. */
  onStop: (listener: (reason: string) => void) => void;
};

/** `npm start`, over Node's own channel. */
const nodeParent: Parent = {
  tell: (message) => process.send?.(message),
  // The parent is gone: nobody could stop us from its terminal.
  onStop: (listener) => process.on('disconnect', () => listener('the program that started it ended')),
};

/** Runs the server until it is asked to stop or cannot go on; answers the exit code. */
export async function runServer(env: Record<string, string | undefined>, parent: Parent = nodeParent): Promise<number> {
  const log = createLogger();
  // Listened to from the beginning: a Ctrl-C while starting must not leave a PostgreSQL behind.
  let ask: (reason: string) => void = () => undefined;
  const asked = new Promise<string>((done) => {
    ask = done;
  });
  let times = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    times += 1;
    // Whoever insists gets out at once; PostgreSQL is then stopped by the next start.
    if (times > 2) process.exit(130);
    ask(signal);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  parent.onStop((reason) => ask(reason));

  let app: App;
  try {
    app = await startApp(readConfig(env), { log, say });
  } catch (error) {
    if (error instanceof StartError) say(`Muster cannot start: ${error.message}`);
    else {
      log.error({ err: error }, 'start failed');
      say(`Muster cannot start because of an unexpected error: ${reasonOf(error)} (details in the log)`);
    }
    return 1;
  }
  log.info({ url: app.url, version: app.deps.config.version, role: app.deps.config.role }, 'ready');
  say(`Muster ${app.deps.config.version} is ready at ${app.url}`);
  parent.tell({ ready: app.url });

  const end = await Promise.race([
    asked.then((reason) => ({ reason, code: 0 })),
    app.failed.then((reason) => ({ reason, code: 1 })),
  ]);
  log.info({ reason: end.reason }, 'stopping');
  say(end.code === 0 ? 'Stopping…' : `Muster must stop: ${end.reason}`);
  await app.stop();
  say('Stopped.');
  process.disconnect?.();
  return end.code;
}
