import { randomBytes } from 'node:crypto';
import type { LogFile } from './log-file.ts';
import { describeForLog, redact } from './redact.ts';

/** A server process, however it is run. */
export type ServerProcess = {
  onExit(listener: (code: number) => void): void;
  /** What it tells its operator, line by line. */
  onWords(listener: (line: string) => void): void;
  /** Asks it to finish what is open and end. */
  stop(): void;
  kill(): void;
};

export type LocalServerOptions = {
  launch: (settings: { port: number; setupCode: string }) => ServerProcess;
  /** A port nobody listens on: the one of last time when it is free. */
  findPort: () => Promise<number>;
  isHealthy: (url: string) => Promise<boolean>;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  log: LogFile;
};

export type LocalServer = {
  /** Starts it unless it runs or is starting; true once it answers, false when it does not come up (see problem). */
  start(): Promise<boolean>;
  /** Asks it to end and waits for that. */
  stop(): Promise<void>;
  /** Null unless it answers requests. */
  url(): string | null;
  state(): 'stopped' | 'starting' | 'running' | 'failed';
  problem(): string | null;
  /** Of the server that runs now; it counts only until there is an administrator. */
  setupCode(): string | null;
};

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;
const ASK_EVERY_MS = 200;
const BACKOFF_MS = [1000, 2000, 5000, 10_000, 30_000];
const STEADY_MS = 10 * 60_000;

type Run = {
  process: ServerProcess;
  url: string;
  setupCode: string;
  exited: Promise<number>;
  ended: boolean;
  words: string;
};

/**
 * Runs the Muster server for this computer alone, one at a time: starts it, knows when it answers, starts it again with
 * growing pauses when it ends by itself, and gives up after five times in ten minutes.
 */
export function createLocalServer(options: LocalServerOptions): LocalServer {
  const { log, now, sleep } = options;
  let run: Run | null = null;
  let state: ReturnType<LocalServer['state']> = 'stopped';
  let problem: string | null = null;
  /** A change of this number ends every wait and every restart that began before it. */
  let wanted = 0;
  let lastStop = 0;
  let starting: Promise<boolean> | null = null;
  let bringing: Promise<boolean> | null = null;
  let stopping: Promise<void> | null = null;
  let crashes: number[] = [];

  async function launch(): Promise<Run> {
    const port = await options.findPort();
    const setupCode = randomBytes(15).toString('base64url');
    const process = options.launch({ port, setupCode });
    const next: Run = {
      process,
      url: `http://127.0.0.1:${port}`,
      setupCode,
      ended: false,
      words: '',
      exited: new Promise((done) => process.onExit(done)),
    };
    process.onWords((line) => {
      next.words = line;
      log.write('info', 'server says', { words: redact(line) });
    });
    void next.exited.then((code) => {
      next.ended = true;
      log.write(code === 0 ? 'info' : 'error', 'server ended', { code });
    });
    return next;
  }

  /** Whether it answered before it ended, was not wanted any more, or took too long. */
  async function answers(candidate: Run, order: number): Promise<boolean> {
    const deadline = now() + START_LIMIT_MS;
    while (!candidate.ended && order === wanted && now() < deadline) {
      if (await options.isHealthy(candidate.url)) return !candidate.ended;
      await sleep(ASK_EVERY_MS);
    }
    return false;
  }

  async function end(candidate: Run): Promise<void> {
    if (candidate.ended) return;
    candidate.process.stop();
    const late = sleep(STOP_LIMIT_MS).then(() => 'late' as const);
    if ((await Promise.race([candidate.exited, late])) !== 'late') return;
    log.write('error', 'server does not end; it is killed');
    candidate.process.kill();
    await candidate.exited;
  }

  /** After it ended by itself. */
  async function restart(order: number): Promise<boolean> {
    for (;;) {
      const recent = crashes.filter((at) => at > now() - STEADY_MS);
      crashes = [...recent, now()];
      const pause = BACKOFF_MS[recent.length];
      if (pause === undefined) {
        state = 'failed';
        problem ??= 'The server on this computer ended several times. The log says why.';
        return false;
      }
      state = 'starting';
      await sleep(pause);
      if (order !== wanted) return false;
      if (await bringUp(order)) return true;
      if (order !== wanted) return false;
    }
  }

  function bringUp(order: number): Promise<boolean> {
    bringing = attempt(order);
    return bringing;
  }

  async function attempt(order: number): Promise<boolean> {
    try {
      const candidate = await launch();
      run = candidate;
      const ready = await answers(candidate, order);
      if (order !== wanted) {
        await end(candidate);
        return false;
      }
      if (!ready) {
        await end(candidate);
        state = 'failed';
        problem = candidate.words || 'The server on this computer does not answer. The log says why.';
        return false;
      }
      state = 'running';
      problem = null;
      log.write('info', 'server ready', { url: candidate.url });
      void candidate.exited.then(() => {
        if (order !== wanted) return;
        problem = null;
        starting = restart(order);
      });
      return true;
    } catch (error) {
      log.write('error', 'server not started', describeForLog(error));
      state = 'failed';
      problem = 'The server on this computer could not be started. The log says why.';
      return false;
    }
  }

  return {
    async start() {
      if (state === 'running') return true;
      if (state === 'starting' && starting) return starting;
      wanted += 1;
      const order = wanted;
      state = 'starting';
      problem = null;
      crashes = [];
      starting = Promise.resolve(stopping).then(() => (order === wanted ? bringUp(order) : false));
      return starting;
    },
    stop() {
      wanted += 1;
      lastStop = wanted;
      stopping ??= (async () => {
        if (run) await end(run);
        // Whatever was being launched meanwhile sees that it is not wanted, and ends.
        await bringing;
        run = null;
        stopping = null;
        if (lastStop !== wanted) return;
        state = 'stopped';
        problem = null;
      })();
      return stopping;
    },
    url: () => (state === 'running' && run && !run.ended ? run.url : null),
    state: () => state,
    problem: () => problem,
    setupCode: () => (state === 'running' && run ? run.setupCode : null),
  };
}
