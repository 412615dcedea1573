import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { utilityProcess } from 'electron';
import type { ServerProcess } from './local-server.ts';
import type { LogFile, LogLevel } from './log-file.ts';
import { redact } from './redact.ts';

/** What a person may set for their own server from outside. */
const passedOn = ['MUSTER_SMTP_URL', 'MUSTER_PUBLIC_URL'];

function environment(dataDir: string, port: number, setupCode: string): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(ELECTRON|NODE)_/.test(name) || (name.startsWith('MUSTER_') && !passedOn.includes(name))
      ? []
      : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(own),
    MUSTER_HOST: '127.0.0.1',
    MUSTER_PORT: String(port),
    MUSTER_DATA_DIR: dataDir,
    MUSTER_TIME_ZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
    MUSTER_LOCAL_WORKSPACE: '1',
    MUSTER_SETUP_CODE: setupCode,
    MUSTER_NO_OPEN: '1',
  };
}

const levels: Record<number, LogLevel> = { 40: 'warn', 50: 'error', 60: 'error' };

/** A line of the server's own log: kept where it warns, with what is not anybody's value. */
function keepLine(line: string, log: LogFile): void {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    // Not a line of its logger (a warning of Node, say).
    log.write('info', 'server', { words: redact(line) });
    return;
  }
  const level = levels[Number(entry.level)];
  if (!level) return;
  const text = (name: string) => (typeof entry[name] === 'string' ? redact(String(entry[name])) : undefined);
  const error = JSON.stringify(entry.err ?? null);
  log.write(level, 'server', {
    msg: text('msg'),
    part: text('part'),
    route: text('route'),
    problem: text('problem'),
    ...(error === 'null' ? {} : { error: redact(error.replaceAll(/\\?"/g, ' ')) }),
  });
}

/**
 * Runs the server in a process of its own. Electron's utilityProcess, because the app's own binary does not run as plain
 * Node (a fuse forbids it). It is asked to stop by a message: signals do not exist on every system.
 */
export function launchServer(dataDir: string, log: LogFile) {
  return ({ port, setupCode }: { port: number; setupCode: string }): ServerProcess => {
    const child = utilityProcess.fork(join(import.meta.dirname, '../../server/desktop-main.ts'), [], {
      serviceName: 'Muster server',
      stdio: 'pipe',
      env: environment(dataDir, port, setupCode),
    });
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => keepLine(line, log));
    return {
      onExit: (listener) => child.once('exit', listener),
      onWords: (listener) => {
        if (child.stderr) createInterface({ input: child.stderr }).on('line', listener);
      },
      stop: () => child.postMessage('stop'),
      kill: () => child.kill(),
    };
  };
}

/** The wanted port when nobody listens on it, else any free one. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (wanted === 0) fail(error);
      else freePort(0).then(done, fail);
    });
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? done(address.port) : fail(new Error('listening without an address')),
      );
    });
  });
}

/** Whether a Muster answers at this address. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) });
    return answer.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
