import { readConfig } from '#server/config/config.ts';
import { createLogger } from '#server/logger.ts';
import type { Deps } from '#server/service.ts';
import { openStorage } from '#server/storage/open-storage.ts';
import { createWake } from '#server/storage/wake.ts';
import type { Caller } from '#shared/api/ports.ts';

/** What a command works with. Results go to standard output, everything else to standard error. */
export type Cli = {
  /**
   * Opens the database (of the running server, or by itself), works, and closes it again. The signal tells of Ctrl-C.
   * `alone`: not while a server runs on the data folder. `untouched`: the schema is left as it is.
   */
  withDeps: <T>(
    work: (deps: Deps, signal: AbortSignal) => Promise<T>,
    options?: { alone?: boolean; untouched?: boolean },
  ) => Promise<T>;
  /** Prints a result: JSON with --json, else `lines` when given, else one `name: value` a line. */
  print: (value: unknown, lines?: readonly string[]) => void;
  /** A message or a progress line, on standard error. */
  say: (line: string) => void;
  /** Overwrites the last progress line on a terminal; elsewhere prints nothing. */
  progress: (line: string) => void;
  readonly env: Record<string, string | undefined>;
};

/** Where relative paths begin: npm runs scripts in the project's folder; INIT_CWD is where the user stands. */
export function userFolder(cli: Pick<Cli, 'env'>): string {
  return cli.env.INIT_CWD ?? process.cwd();
}

/** In whose name commands act. */
export const cliCaller: Caller = { userId: 'cli', email: '', name: 'Command line', role: 'admin', sessionId: 'cli' };

function linesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(item));
  return Object.entries(value).map(
    ([name, item]) => `${name}: ${typeof item === 'object' ? JSON.stringify(item) : String(item)}`,
  );
}

/** Rejects when the user presses Ctrl-C, so that what was opened is closed in order. */
function interruption(): { promise: Promise<never>; signal: AbortSignal; end: () => void } {
  let onSignal: () => void = () => undefined;
  const controller = new AbortController();
  const promise = new Promise<never>((_done, fail) => {
    onSignal = () => {
      fail(new Error('interrupted'));
      controller.abort();
    };
  });
  // Nobody may be racing against it when it settles.
  promise.catch(() => undefined);
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  return {
    promise,
    signal: controller.signal,
    end() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

export function createCli(options: {
  env: Record<string, string | undefined>;
  purpose: string;
  json: () => boolean;
}): Cli {
  const { env, purpose, json } = options;
  let unfinished = false;

  function say(line: string): void {
    process.stderr.write(`${unfinished ? '\n' : ''}${line}\n`);
    unfinished = false;
  }

  return {
    env,
    say,
    progress(line) {
      if (!process.stderr.isTTY) return;
      process.stderr.write(`\r\u001b[2K${line}`);
      unfinished = true;
    },
    print(value, lines) {
      if (unfinished) process.stderr.write('\n');
      unfinished = false;
      process.stdout.write(json() ? `${JSON.stringify(value)}\n` : `${(lines ?? linesOf(value)).join('\n')}\n`);
    },
    async withDeps(work, { alone = false, untouched = false } = {}) {
      const config = readConfig(env);
      const log = createLogger({ level: 'warn', fd: 2 });
      const interrupted = interruption();
      const storage = await openStorage({
        config,
        purpose,
        join: !alone,
        untouched,
        poolSize: 8,
        say,
        onError: (error) => log.warn({ err: error }, 'an idle database connection was closed'),
      });
      const wake = createWake({ url: storage.url, log });
      try {
        await wake.start();
        const deps = { config, db: storage.db, log, now: Date.now, wake };
        return await Promise.race([work(deps, interrupted.signal), interrupted.promise]);
      } finally {
        await wake.stop();
        await storage.close();
        interrupted.end();
      }
    },
  };
}
