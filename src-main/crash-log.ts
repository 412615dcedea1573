import type { LogFile } from './log-file.ts';
import { describeForLog } from './redact.ts';

type ProcessEvents = {
  on(event: 'uncaughtExceptionMonitor', listener: (error: unknown) => void): unknown;
  on(event: 'unhandledRejection', listener: (reason: unknown) => void): unknown;
};
type Gone = { reason: string; exitCode: number };
type AppEvents = {
  on(event: 'render-process-gone', listener: (event: unknown, contents: unknown, details: Gone) => void): unknown;
  on(
    event: 'child-process-gone',
    listener: (event: unknown, details: Gone & { type: string; name?: string; serviceName?: string }) => void,
  ): unknown;
};

/** Writes every way the app or a part of it can die into the log, at once. What happens then is decided elsewhere. */
export function recordCrashes(log: LogFile, process: ProcessEvents, app: AppEvents): void {
  // The monitor only watches: Electron still tells the person, as it would without us.
  process.on('uncaughtExceptionMonitor', (error) => log.write('error', 'uncaught exception', describeForLog(error)));
  process.on('unhandledRejection', (reason) => log.write('error', 'unhandled rejection', describeForLog(reason)));
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    log.write(reason === 'clean-exit' ? 'info' : 'error', 'page process gone', { reason, exitCode });
  });
  app.on('child-process-gone', (_event, { type, name, serviceName, reason, exitCode }) => {
    const level = reason === 'clean-exit' ? 'info' : 'error';
    log.write(level, 'child process gone', { type, name: serviceName ?? name, reason, exitCode });
  });
}

const WINDOW_MS = 60_000;
const RELOADS = 3;

/** Whether a page that died is loaded again: yes, unless it keeps dying. */
export function createReloadLimit(now: () => number) {
  let recent: number[] = [];
  return (): boolean => {
    recent = recent.filter((at) => at > now() - WINDOW_MS);
    if (recent.length >= RELOADS) return false;
    recent.push(now());
    return true;
  };
}
